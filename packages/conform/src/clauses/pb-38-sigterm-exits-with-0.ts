import type { Clause } from '../clause.ts'
import { verdict } from '../outcome.ts'
import { sayExit } from '../running.ts'

export const clause: Clause = {
  id: 'PB-38',
  section: 'Stopping',
  level: 'SHOULD',
  profiles: ['web', 'tcp', 'worker'],
  sentence: 'After SIGTERM the exit status is 0.',
  reason:
    'Any other status is counted as a crash: systemd marks the unit as failed, a batch ' +
    'restarts it.',
  source: 'systemd.service(5), SuccessExitStatus; Kubernetes, `restartPolicy: OnFailure`',
  mend: 'Exit with 0 after a drain, neither with 143 nor by the signal itself.',
  check: async (subject) => {
    const running = await subject.start()
    running.signal('SIGTERM')
    const exit = await running.exitWithin(subject.target.graceMs)
    return verdict(exit?.code === 0, 'SIGTERM while idle', 'exit status 0', sayExit(exit))
  },
}
