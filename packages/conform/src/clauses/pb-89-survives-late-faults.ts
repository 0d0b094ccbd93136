import { settleMs } from '../checks/drain.ts'
import type { Clause } from '../clause.ts'
import { notApplicable, verdict } from '../outcome.ts'
import { wait } from '../wait.ts'

export const clause: Clause = {
  id: 'PB-89',
  section: 'Faults',
  level: 'SHOULD',
  profiles: ['web'],
  sentence: 'A fault that nobody awaits, after the answer, does not end the process.',
  reason: 'A forgotten `await` in one handler otherwise stops the service for everybody.',
  source: 'Node.js documentation, `unhandledRejection`; Mooring, "Hostile inputs and faults"',
  mend: 'Log what was rejected while serving, and go on.',
  check: async (subject) => {
    const running = await subject.start()
    const path = subject.path('throw', { kind: 'late' }, ['kind'])
    const answer = await running.ask(path, { ms: 5_000 })
    if (answer.status === 404 || answer.status === 500)
      return notApplicable(`GET ${path} has no late fault`)
    await wait(settleMs * 2)
    return verdict(
      await running.works(),
      `GET ${path}, whose fault comes after the answer`,
      subject.works,
      await running.describe(),
    )
  },
}
