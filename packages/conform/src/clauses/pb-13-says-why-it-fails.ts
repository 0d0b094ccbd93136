import { refusal } from '../checks/refusal.ts'
import type { Clause } from '../clause.ts'
import { verdict } from '../outcome.ts'

export const clause: Clause = {
  id: 'PB-13',
  section: 'Address',
  level: 'MUST',
  profiles: ['web', 'tcp'],
  sentence: 'A start that fails says why on stderr.',
  reason: 'The last lines of stderr are all that is left of a container that crashes in a loop.',
  source:
    'POSIX.1-2024, stderr "shall be used for writing diagnostic output"; Kubernetes, ' +
    '"Debug Running Pods"',
  mend: 'Print the error before exiting; do not exit silently and do not print it to stdout only.',
  check: async (subject) => {
    const seen = await refusal(subject, { port: 'pb13-no-port' })
    const holds = seen.exit !== undefined && seen.stderr.trim() !== ''
    return verdict(
      holds,
      `${subject.target.portVariable}=pb13-no-port`,
      'an end, and a reason on stderr',
      seen.got,
    )
  },
}
