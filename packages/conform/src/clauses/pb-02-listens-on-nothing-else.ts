import { needProc } from '../checks/system.ts'
import type { Clause } from '../clause.ts'
import { verdict } from '../outcome.ts'
import { listeningPorts } from '../proc.ts'

export const clause: Clause = {
  id: 'PB-02',
  section: 'Address',
  level: 'MUST',
  profiles: ['web', 'tcp'],
  sentence: 'The process listens on no other TCP port.',
  reason:
    'A second listener, such as a debugger or a cluster port, is reachable for the ' +
    'neighbours on the same network, and two instances on one machine collide on it.',
  source: 'The Twelve-Factor App, VII; Node.js documentation, "Security implications of --inspect"',
  mend: 'Bind nothing but `PORT` unless a variable asks for it.',
  check: async (subject) => {
    needProc()
    const running = await subject.start()
    const others = listeningPorts(running.family).filter(({ port }) => port !== running.port)
    const ports = [...new Set(others.map(({ port }) => port))].join(', ')
    return verdict(
      ports === '',
      'looked at the sockets of the process',
      `only port ${running.port}`,
      `also port ${ports}`,
    )
  },
}
