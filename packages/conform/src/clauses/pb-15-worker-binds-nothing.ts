import { needProc } from '../checks/system.ts'
import type { Clause } from '../clause.ts'
import { verdict } from '../outcome.ts'
import { listeningPorts } from '../proc.ts'

export const clause: Clause = {
  id: 'PB-15',
  section: 'Address',
  level: 'MUST',
  profiles: ['worker'],
  sentence: 'A worker listens on no TCP port.',
  reason:
    'A process that takes its work from a queue needs no listener; one that has it is ' +
    'reachable for its neighbours.',
  source: 'The Twelve-Factor App, VIII (process types); Heroku, "Process types"',
  mend: 'Bind nothing in a worker unless a variable asks for it.',
  check: async (subject) => {
    needProc()
    const running = await subject.start()
    const ports = listeningPorts(running.family).map(({ port }) => port)
    return verdict(
      ports.length === 0,
      'looked at the sockets of the process',
      'no listener',
      `port ${ports.join(', ')}`,
    )
  },
}
