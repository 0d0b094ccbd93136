import path from 'node:path'
import type { Rule, Tree } from './tree.ts'

const fields = [
  'dependencies',
  'devDependencies',
  'peerDependencies',
  'optionalDependencies',
] as const

type Manifest = Readonly<Partial<Record<(typeof fields)[number], Record<string, string>>>>

/**
 * Every package that is not ours has its reason, in a row of the table under a heading that begins
 * with `Dependencies`: in the README beside its package.json, or in the root's. No row is left over.
 */
export const dependencies: Rule = (tree) => {
  const problems: string[] = []
  const used = new Map<string, Set<string>>()
  for (const [file, content] of tree) {
    if (!/^((packages|apps)\/[^/]+\/|bench\/)?package\.json$/.test(file)) continue
    const readme = path.posix.join(path.posix.dirname(file), 'README.md')
    for (const name of outsiders(JSON.parse(content) as Manifest)) {
      const place = [readme, 'README.md'].find((page) => reasons(tree, page).has(name))
      if (place === undefined) problems.push(`${file}: ${name} has no reason in ${readme}`)
      else used.set(place, (used.get(place) ?? new Set()).add(name))
    }
  }
  for (const page of tree.keys()) {
    if (!/^((packages|apps)\/[^/]+\/|bench\/)?README\.md$/.test(page)) continue
    for (const [name, reason] of reasons(tree, page)) {
      if (!used.get(page)?.has(name)) problems.push(`${page}: ${name} is no dependency`)
      else if (reason === '') problems.push(`${page}: ${name} has no reason`)
    }
  }
  return problems
}

function outsiders(manifest: Manifest): Set<string> {
  const entries = fields.flatMap((field) => Object.entries(manifest[field] ?? {}))
  return new Set(
    entries.filter(([, range]) => !range.startsWith('workspace:')).map(([name]) => name),
  )
}

/** The rows `| name, name | reason |` of a page's table of dependencies. */
function reasons(tree: Tree, page: string): Map<string, string> {
  const [, section = ''] = (tree.get(page) ?? '').split(/^#+ Dependencies.*$/m)
  const [table = ''] = section.split(/^#/m)
  const rows = table.matchAll(/^\| *([^|]+?) *\| *([^|]*?) *\|$/gm)
  const found = new Map<string, string>()
  for (const [, names = '', reason = ''] of [...rows].slice(2)) {
    for (const name of names.split(/,\s*/)) found.set(name.replaceAll('`', ''), reason)
  }
  return found
}
