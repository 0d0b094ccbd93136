import { readdirSync } from 'node:fs'
import { join, resolve } from 'node:path'
import type { Clause } from '../clause.ts'
import { verdict } from '../outcome.ts'
import { descriptorsOf, isWritable } from '../proc.ts'

export const clause: Clause = {
  id: 'PB-30',
  section: 'Configuration and files',
  level: 'MUST',
  profiles: ['web', 'tcp', 'worker'],
  sentence: 'The process writes no file outside the folders that it declares.',
  reason:
    "What is written to the image's layer is lost with the container, fills the node's " +
    'disk, and fails on a read-only root.',
  source: 'The Twelve-Factor App, VI; Kubernetes Pod Security, `readOnlyRootFilesystem`',
  mend:
    'Write to stdout and to backing services; for scratch use `TMPDIR`, or declare a ' +
    'folder with `--writes`.',
  check: async (subject) => {
    const home = subject.folder()
    const temporary = subject.folder()
    const { cwd, writes, profile } = subject.target
    const before = new Set(readdirSync(cwd))
    const running = await subject.start({ env: { HOME: home, TMPDIR: temporary } })
    if (profile === 'web') for (let count = 0; count < 3; count++) await running.ask()
    const declared = [temporary, '/dev', '/proc', ...writes.map((path) => resolve(cwd, path))]
    const isDeclared = (path: string) =>
      declared.some((folder) => path === folder || path.startsWith(`${folder}/`))
    const open = running.family.flatMap((pid) =>
      descriptorsOf(pid).flatMap(({ fd, to }) =>
        to.startsWith('/') && isWritable(pid, fd) ? [to] : [],
      ),
    )
    running.signal('SIGTERM')
    await running.exitWithin(5_000)
    const made = [
      ...readdirSync(home, { recursive: true }).map((name) => join(home, String(name))),
      ...readdirSync(cwd)
        .filter((name) => !before.has(name))
        .map((name) => join(cwd, name)),
    ]
    const outside = [...new Set([...open, ...made])].filter((path) => !isDeclared(path))
    return verdict(
      outside.length === 0,
      'looked at its open files, its home and its folder',
      `nothing but ${['$TMPDIR', ...writes].join(', ')}`,
      outside.join(', '),
    )
  },
}
