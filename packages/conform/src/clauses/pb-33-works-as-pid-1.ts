import { endsInTime, expect } from '../checks/drain.ts'
import { needRoot, needTool } from '../checks/system.ts'
import type { Clause } from '../clause.ts'
import { zombiesAmong } from '../proc.ts'
import { asPid1 } from '../subject.ts'
import { wait } from '../wait.ts'

export const clause: Clause = {
  id: 'PB-33',
  section: 'Process',
  level: 'MUST',
  profiles: ['web', 'tcp', 'worker'],
  sentence: 'As PID 1 the process works, leaves no zombie, and SIGTERM ends it within the grace.',
  reason:
    'The kernel ignores signals to PID 1 that have no handler. A container without an ' +
    'init then waits for SIGKILL at every deploy.',
  source:
    'pid_namespaces(7); Docker, "Specify an init process"; measured: Node.js without a ' +
    'handler ignores SIGTERM',
  mend: 'Install a handler for SIGTERM; do not rely on the default action.',
  check: async (subject) => {
    needRoot()
    needTool(...asPid1, 'true')
    const running = await subject.start({ isPid1: true })
    if (subject.target.profile === 'web')
      for (let count = 0; count < 5; count++) await running.ask()
    await wait(500)
    const zombies = zombiesAmong(running.family)
    expect(
      zombies.length === 0,
      'looked at the children of PID 1',
      'no zombie',
      `zombies: ${zombies.join(', ')}`,
    )
    running.signal('SIGTERM')
    return endsInTime(subject, running, 'SIGTERM as PID 1')
  },
}
