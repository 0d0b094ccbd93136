import type { Rule } from './tree.ts'

/** A file past this holds two concepts. */
const mostLines = 400

export const length: Rule = (tree) => {
  const problems: string[] = []
  for (const [file, content] of tree) {
    const lines = content.split('\n').length - 1
    if (/\.(ts|js|css|html|sh)$/.test(file) && lines > mostLines) {
      problems.push(`${file}: ${lines} lines, of at most ${mostLines}`)
    }
  }
  return problems
}
