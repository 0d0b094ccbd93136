import { errorCodes } from '../../packages/core/src/errors.ts'
import { isSource, type Tree } from './tree.ts'

export const errorsDocFile = 'docs/errors.md'

const registry = 'packages/core/src/errors.ts'

const head = `# Error codes

<!-- Generated from packages/core/src/errors.ts: node scripts/write-errors-doc.ts -->

A mistake that its reader can mend is a \`MooringError\`: a stable \`code\`, a \`message\` that names the
thing and its value, \`why\` that is wrong (what was expected), and the \`fix\`. It prints without a
stack:

\`\`\`
MOORING_E_PORT: PORT is "80a".
  Expected a whole number, 0–65535 (0 takes any free port).
  Fix: set PORT to a port such as 8080.
\`\`\`

Port-bound, one that stops the start goes to stderr and the process exits 78. Injected, it is in the
log with everything it says, and the client gets a bare 500. A code is never reused. Whatever else is
thrown is a bug, and keeps its stack.
`

/** The page of every code: the fact that it states, and the packages that throw it. */
export function writeErrorsDoc(tree: Tree): string {
  const sections = Object.entries(errorCodes).map(([code, fact]) => {
    const names = usersOf(tree, code).map((name) => `\`${name}\``)
    return `\n## ${code}\n\n${fact} From ${names.join(', ')}.\n`
  })
  return head + sections.join('')
}

/** The packages whose source has the code; the registry aside, and apps, which only catch. */
export function usersOf(tree: Tree, code: string): string[] {
  const users = new Set<string>()
  const quoted = new RegExp(`['"\`]${code}['"\`]`)
  for (const [file, content] of tree) {
    if (!isSource(file) || file === registry || file.startsWith('apps/')) continue
    if (!quoted.test(content)) continue
    const manifest = file.split('/').slice(0, 2).concat('package.json').join('/')
    users.add(JSON.parse(tree.get(manifest) ?? '{}').name ?? file)
  }
  return [...users].sort()
}
