import { say } from '../answer.ts'
import { settleMs, expect } from '../checks/drain.ts'
import type { Clause } from '../clause.ts'
import { verdict } from '../outcome.ts'
import { wait } from '../wait.ts'

export const clause: Clause = {
  id: 'PB-85',
  section: 'Faults',
  level: 'MUST',
  profiles: ['web'],
  sentence: 'A handler that fails gives a 500, and the process lives.',
  reason: "One bad request must not take along everybody else's.",
  source: 'The Twelve-Factor App, IX; Mooring, "Hostile inputs and faults"',
  mend: 'Catch at the server what handlers throw, at once and later.',
  check: async (subject) => {
    const running = await subject.start()
    for (const kind of ['sync', 'async']) {
      const path = subject.path('throw', { kind })
      const answer = await running.ask(path, { ms: 5_000 })
      expect(answer.status === 500, `GET ${path}`, '500', say(answer))
    }
    await wait(settleMs)
    return verdict(
      await running.works(),
      'then a proper request',
      subject.works,
      await running.describe(),
    )
  },
}
