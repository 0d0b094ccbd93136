import { say } from '../answer.ts'
import { Backing } from '../checks/backing.ts'
import { expect } from '../checks/drain.ts'
import type { Clause } from '../clause.ts'
import { pass, notApplicable } from '../outcome.ts'

export const clause: Clause = {
  id: 'PB-93',
  section: 'Neighbours',
  level: 'MUST',
  profiles: ['web'],
  sentence: 'A backing service is reached by the URL in a variable, and another URL moves it.',
  reason: 'What is attached by configuration can be replaced, mocked and moved without a build.',
  source: 'The Twelve-Factor App, IV',
  mend: 'Read the URL from the variable at start, and write no host into the code.',
  check: async (subject) => {
    const { backing } = subject.target
    if (backing === undefined)
      return notApplicable('no backing service: give --backing-env and --backing-path')
    for (let count = 0; count < 2; count++) {
      const service = await Backing.open()
      try {
        const running = await subject.start({ env: { [backing.variable]: service.url } })
        const answer = await running.ask(backing.path)
        const sent = `${backing.variable}=${service.url}, then GET ${backing.path}`
        expect(
          service.requests > 0,
          sent,
          'a request to the service',
          `none; the answer was ${say(answer)}`,
        )
      } finally {
        service.close()
      }
    }
    return pass
  },
}
