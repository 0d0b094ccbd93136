import { endsInTime } from '../checks/drain.ts'
import type { Clause } from '../clause.ts'
import { pass } from '../outcome.ts'
import { wait } from '../wait.ts'

export const clause: Clause = {
  id: 'PB-19',
  section: 'Boot',
  level: 'MUST',
  profiles: ['web', 'tcp', 'worker'],
  sentence: 'SIGTERM during the start ends the process within the grace.',
  reason:
    'A deploy that is rolled back stops instances that are still starting. A signal that ' +
    'is lost there costs the whole grace and a SIGKILL.',
  source: 'Kubernetes, "Termination of Pods"; Docker, `docker stop`',
  mend: 'Install the signal handlers before anything else.',
  check: async (subject) => {
    const { isPid1 } = subject.target
    for (const afterMs of [30, 150, 500, 1_500]) {
      const running = await subject.start({ isEarly: true })
      await wait(afterMs)
      running.signal('SIGTERM')
      // To PID 1 the kernel gives no signal that it has no handler for, and a runtime takes a moment
      // until it can have one: longer on a busy machine.
      for (let tries = 0; isPid1 && tries < 5; tries++) {
        if (await running.exitWithin(3_000)) break
        running.signal('SIGTERM')
      }
      const outcome = await endsInTime(subject, running, `SIGTERM ${afterMs} ms after the start`)
      if (outcome.result !== 'pass') return outcome
    }
    return pass
  },
}
