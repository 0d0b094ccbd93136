import { type Answer, say, isGood } from '../answer.ts'
import type { Clause } from '../clause.ts'
import { verdict } from '../outcome.ts'
import { request } from '../connection.ts'

export const clause: Clause = {
  id: 'PB-56',
  section: 'HTTP',
  level: 'MUST',
  profiles: ['web'],
  sentence: 'Requests that are sent without waiting are answered in their order.',
  reason: "A server that drops or reorders them gives clients each other's answers.",
  source: 'RFC 9112 section 9.3.2',
  mend: 'Read the next request only when the answer before it is written.',
  check: async (subject) => {
    const running = await subject.start()
    const connection = await running.connect()
    const echo = subject.target.paths.echo
    const bodies = ['first', 'second', 'third']
    connection.send(
      bodies
        .map((body) =>
          echo === undefined
            ? request(subject.target.path)
            : request(echo, { method: 'POST', body }),
        )
        .join(''),
    )
    const answers: Answer[] = []
    for (let count = 0; count < 3; count++) answers.push(await connection.response())
    const isOrdered =
      echo === undefined || answers.every(({ body }, index) => body.toString() === bodies[index])
    const got = answers.map((answer) => `${say(answer)} ${answer.body.subarray(0, 20)}`).join(', ')
    return verdict(
      answers.every(isGood) && isOrdered,
      'three requests at once',
      'three answers in order',
      got,
    )
  },
}
