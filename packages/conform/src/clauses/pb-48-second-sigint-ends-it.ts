import { inFlight } from '../checks/drain.ts'
import type { Clause } from '../clause.ts'
import { verdict } from '../outcome.ts'
import { sayExit } from '../running.ts'
import { wait } from '../wait.ts'

export const clause: Clause = {
  id: 'PB-48',
  section: 'Stopping',
  level: 'SHOULD',
  profiles: ['web'],
  sentence: 'A second SIGINT ends the process at once.',
  reason: 'Somebody at a terminal presses Ctrl-C again when a request hangs.',
  source: 'nginx, Puma and Go programs by convention; Mooring, "Signals again"',
  mend: 'Cut off what is left at the second SIGINT.',
  check: async (subject) => {
    const running = await subject.start()
    await inFlight(running, subject.path('slow', { ms: 600_000 }, ['ms']))
    running.signal('SIGINT')
    await wait(1_000)
    running.signal('SIGINT')
    const exit = await running.exitWithin(5_000)
    return verdict(
      exit !== undefined,
      'SIGINT twice, one second apart, while a handler hangs',
      'its end within 5 s',
      sayExit(exit),
    )
  },
}
