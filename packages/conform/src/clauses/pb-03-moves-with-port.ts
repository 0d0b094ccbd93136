import type { Clause } from '../clause.ts'
import { verdict } from '../outcome.ts'
import { isFree } from '../free-port.ts'

export const clause: Clause = {
  id: 'PB-03',
  section: 'Address',
  level: 'MUST',
  profiles: ['web', 'tcp'],
  sentence: 'Another `PORT` moves the listener, and nothing stays behind.',
  reason: 'Instances on one machine differ in nothing but their port.',
  source: 'The Twelve-Factor App, VII and VIII',
  mend: 'Write the port nowhere but in `PORT`.',
  check: async (subject) => {
    const first = await subject.start()
    await first.kill()
    const second = await subject.start()
    const isLeft = !(await isFree(first.port))
    const sent = `started on port ${first.port}, then on ${second.port}`
    return verdict(
      !isLeft,
      sent,
      `port ${first.port} free again`,
      `port ${first.port} is still listened on`,
    )
  },
}
