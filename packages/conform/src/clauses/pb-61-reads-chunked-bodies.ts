import { say } from '../answer.ts'
import type { Clause } from '../clause.ts'
import { verdict } from '../outcome.ts'
import { request } from '../connection.ts'
import { wait } from '../wait.ts'

export const clause: Clause = {
  id: 'PB-61',
  section: 'HTTP',
  level: 'MUST',
  profiles: ['web'],
  sentence: 'A request body in chunks is read whole, however the chunks are cut.',
  reason: 'Clients that stream do not know the length. Some servers see an empty body.',
  source: 'RFC 9112 section 7.1',
  mend: 'Use a server that decodes `Transfer-Encoding: chunked`.',
  check: async (subject) => {
    const running = await subject.start()
    const connection = await running.connect()
    connection.send(
      request(subject.path('echo'), {
        method: 'POST',
        headers: { 'Transfer-Encoding': 'chunked' },
      }),
    )
    for (const piece of ['5\r', '\nhel', 'lo\r\n6\r\n worl', 'd\r', '\n0\r\n', '\r\n']) {
      connection.send(piece)
      await wait(20)
    }
    const answer = await connection.response()
    return verdict(
      answer.body.toString() === 'hello world',
      'a chunked body in six packets',
      '"hello world" back',
      `${say(answer)} ${JSON.stringify(answer.body.subarray(0, 40).toString())}`,
    )
  },
}
