import { say } from '../answer.ts'
import { Backing } from '../checks/backing.ts'
import { settleMs, expect } from '../checks/drain.ts'
import type { Clause } from '../clause.ts'
import { notApplicable, verdict } from '../outcome.ts'
import { wait } from '../wait.ts'

export const clause: Clause = {
  id: 'PB-94',
  section: 'Neighbours',
  level: 'MUST',
  profiles: ['web'],
  sentence: 'A backing service that is away does not end the process.',
  reason:
    'Services restart at their own times. A process that ends with them turns one outage ' +
    'into two.',
  source: 'The Twelve-Factor App, IV and IX',
  mend: 'Connect lazily or retry; answer 502, 503 or without it meanwhile.',
  check: async (subject) => {
    const { backing } = subject.target
    if (backing === undefined)
      return notApplicable('no backing service: give --backing-env and --backing-path')
    const service = await Backing.open()
    const running = await subject.start({ env: { [backing.variable]: service.url } })
    service.close()
    const answer = await running.ask(backing.path)
    await wait(settleMs)
    expect(
      answer.status > 0,
      `GET ${backing.path} with the service gone`,
      'an answer of any status',
      say(answer),
    )
    return verdict(
      await running.works(),
      'then a proper request',
      subject.works,
      await running.describe(),
    )
  },
}
