import type { Clause } from '../clause.ts'
import { verdict } from '../outcome.ts'
import { wait } from '../wait.ts'

export const clause: Clause = {
  id: 'PB-27',
  section: 'Output',
  level: 'MUST',
  profiles: ['web', 'tcp', 'worker'],
  sentence: 'The process goes on when nobody reads its stdout any more.',
  reason: 'A log collector that restarts must not take the service with it (EPIPE, SIGPIPE).',
  source: 'Mooring, "Hostile inputs and faults"; signal(7), SIGPIPE',
  mend: 'Handle the error of stdout; drop and count what cannot be written.',
  check: async (subject) => {
    const running = await subject.start()
    running.closeStdout()
    const { log } = subject.target.paths
    for (let count = 0; count < 5 && subject.target.profile === 'web'; count++) {
      await running.ask()
      if (log !== undefined) await running.ask(log)
    }
    await wait(500)
    return verdict(
      await running.works(),
      'closed the reading end of its stdout, then asked again',
      subject.works,
      await running.describe(),
    )
  },
}
