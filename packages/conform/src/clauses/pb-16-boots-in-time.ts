import type { Clause } from '../clause.ts'
import { verdict } from '../outcome.ts'

export const clause: Clause = {
  id: 'PB-16',
  section: 'Boot',
  level: 'MUST',
  profiles: ['web', 'tcp'],
  sentence: 'The process answers before the boot deadline.',
  reason:
    'Heroku kills a web process that does not bind within 60 s; long before that a deploy ' +
    'waits for every instance.',
  source:
    'Heroku, "Boot timeout" (R10); Cloud Run, "Startup probes"; the deadline here is ' +
    '`--boot-ms`',
  mend: 'Bind first and do slow work later, or make the start lighter.',
  check: async (subject) => {
    const { bootMs } = subject.target
    const running = await subject.start({ isEarly: true })
    const holds = await running.worksWithin(bootMs)
    return verdict(
      holds,
      'started it',
      `${subject.works} within ${bootMs / 1000} s`,
      await running.describe(),
    )
  },
}
