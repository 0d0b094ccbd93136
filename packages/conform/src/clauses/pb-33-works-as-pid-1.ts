import { endsInTime } from '../checks/drain.ts'
import { needRoot, needTool } from '../checks/system.ts'
import type { Clause } from '../clause.ts'

export const clause: Clause = {
  id: 'PB-33',
  section: 'Process',
  level: 'MUST',
  profiles: ['web', 'tcp', 'worker'],
  sentence: 'As PID 1 the process works, and SIGTERM ends it within the grace.',
  reason:
    'The kernel ignores signals to PID 1 that have no handler. A container without an ' +
    'init then waits for SIGKILL at every deploy.',
  source:
    'pid_namespaces(7); Docker, "Specify an init process"; measured: Node.js without a ' +
    'handler ignores SIGTERM',
  mend: 'Install a handler for SIGTERM; do not rely on the default action.',
  check: async (subject) => {
    needRoot()
    const wrap = ['unshare', '--pid', '--fork', '--mount-proc', '--kill-child']
    needTool(...(wrap as [string, ...string[]]), 'true')
    const running = await subject.start({ wrap, isWrapped: true })
    running.signal('SIGTERM')
    return endsInTime(subject, running, 'SIGTERM as PID 1')
  },
}
