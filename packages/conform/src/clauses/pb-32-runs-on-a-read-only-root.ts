import { resolve } from 'node:path'
import { readOnly } from '../checks/files.ts'
import { needRoot, needTool } from '../checks/system.ts'
import type { Clause } from '../clause.ts'
import { verdict } from '../outcome.ts'

export const clause: Clause = {
  id: 'PB-32',
  section: 'Configuration and files',
  level: 'SHOULD',
  profiles: ['web', 'tcp', 'worker'],
  sentence: 'The process runs with a read-only root file system and a writable `TMPDIR`.',
  reason:
    'A root that nobody can write to is the cheapest protection there is, and only a ' +
    'process that needs no other folder can have it.',
  source: 'Kubernetes Pod Security, `readOnlyRootFilesystem`; Docker, `--read-only --tmpfs /tmp`',
  mend: 'Write only below `TMPDIR`.',
  check: async (subject) => {
    needRoot()
    needTool('unshare', '--mount', '--propagation', 'private', 'true')
    const temporary = subject.folder()
    const writable = [
      temporary,
      ...subject.target.writes.map((path) => resolve(subject.target.cwd, path)),
    ]
    const running = await subject.start({
      env: { TMPDIR: temporary },
      wrap: [
        'unshare',
        '--mount',
        '--propagation',
        'private',
        'sh',
        '-c',
        readOnly,
        'sh',
        ...writable,
        '--',
      ],
    })
    return verdict(
      await running.works(),
      'started with every file system read-only but TMPDIR',
      subject.works,
      await running.describe(),
    )
  },
}
