import { needProc } from '../checks/system.ts'
import type { Clause } from '../clause.ts'
import { fail, verdict } from '../outcome.ts'
import { sayExit } from '../running.ts'
import { wait } from '../wait.ts'

export const clause: Clause = {
  id: 'PB-35',
  section: 'Process',
  level: 'MUST',
  profiles: ['web', 'tcp', 'worker'],
  sentence: 'When the process ends, everything that it started has ended.',
  reason: 'A child that stays holds the port, or goes on working without anyone who knows of it.',
  source: 'systemd.kill(5); The Twelve-Factor App, IX',
  mend: 'Pass the signal on to the children and wait for them before ending.',
  check: async (subject) => {
    needProc()
    const running = await subject.start()
    const { family } = running
    running.signal('SIGTERM')
    const exit = await running.exitWithin(subject.target.graceMs)
    if (exit === undefined) return fail('SIGTERM', 'its end', sayExit(exit))
    await wait(500)
    const left = running.survivors(family)
    return verdict(
      left.length === 0,
      'SIGTERM, then looked for its processes',
      'none',
      `still running: ${left.join(', ')}`,
    )
  },
}
