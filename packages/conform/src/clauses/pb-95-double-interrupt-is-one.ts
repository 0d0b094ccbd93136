import { answered, inFlight } from '../checks/drain.ts'
import type { Clause } from '../clause.ts'
import { wait } from '../wait.ts'

export const clause: Clause = {
  id: 'PB-95',
  section: 'Stopping',
  level: 'SHOULD',
  profiles: ['web'],
  sentence: 'Two SIGINT within moments are one.',
  reason:
    'A terminal sends Ctrl-C to the whole group, and the package manager or shell in front ' +
    'passes its own on. One key press must not cut off what is in flight.',
  source: 'termios(3), INTR; npm, `npm run` (signals are passed on to the script)',
  mend: 'Take a second SIGINT for a new one only some hundred milliseconds after the first.',
  check: async (subject) => {
    const running = await subject.start()
    const connection = await inFlight(running, subject.path('slow', { ms: 1_500 }))
    running.signal('SIGINT')
    await wait(50)
    running.signal('SIGINT')
    return answered(
      'SIGINT twice, 50 ms apart, while a handler takes 1.5 s',
      await connection.response(),
    )
  },
}
