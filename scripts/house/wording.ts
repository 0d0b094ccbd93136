import type { Rule } from './tree.ts'

/** What is never committed in code. */
const banned: readonly (readonly [pattern: RegExp, why: string])[] = [
  [/\b(TODO|FIXME|XXX)\b/, 'finish it, or open an issue'],
  [/\bas any\b/, 'say the type'],
  [/@ts-(ignore|nocheck)/, 'mend the type'],
  [/\b(oxlint|eslint)-disable/, 'mend it, or change the rule for everyone'],
  [/\b(test|it|describe)\.(skip|only|todo)\(/, 'every test runs'],
]

export const wording: Rule = (tree) => {
  const problems: string[] = []
  for (const [file, content] of tree) {
    if (!/\.(ts|js)$/.test(file) || file.startsWith('scripts/house/')) continue
    for (const [index, line] of content.split('\n').entries()) {
      for (const [pattern, why] of banned) {
        const found = pattern.exec(line)
        if (found) problems.push(`${file}:${index + 1}: ${found[0]}: ${why}`)
      }
    }
  }
  return problems
}
