import { say } from '../answer.ts'
import type { Clause } from '../clause.ts'
import { verdict } from '../outcome.ts'
import { request } from '../connection.ts'
import { wait } from '../wait.ts'

const mebibyte = 2 ** 20

/** More than any limit that is meant to be one. */
const most = 128 * mebibyte

export const clause: Clause = {
  id: 'PB-97',
  section: 'Limits and slow clients',
  level: 'SHOULD',
  profiles: ['web'],
  sentence: 'A body in chunks that goes on and on is cut off before 128 MiB.',
  reason: 'It announces no length, so that a limit on Content-Length does not see it.',
  source: 'RFC 9110 section 15.5.14; RFC 9112 section 7.1',
  mend: 'Count the bytes that arrive; past the limit answer 413 and close.',
  check: async (subject) => {
    const running = await subject.start()
    const connection = await running.connect()
    const headers = { 'Transfer-Encoding': 'chunked' }
    connection.send(request(subject.path('echo'), { method: 'POST', headers }))
    const chunk = `${mebibyte.toString(16)}\r\n${'x'.repeat(mebibyte)}\r\n`
    const deadline = performance.now() + 30_000
    const isOver = () => connection.pending.length > 0 || connection.state !== 'open'
    let sent = 0
    while (!isOver() && performance.now() < deadline && sent < most) {
      if (connection.unsent > 2 * mebibyte) await wait(5)
      else {
        connection.send(chunk)
        sent += mebibyte
        await new Promise(setImmediate)
      }
    }
    const answer = await connection.response(5_000)
    return verdict(
      answer.status === 413 || (answer.status === 0 && answer.ending !== 'open'),
      `POST in chunks of 1 MiB without an end`,
      '413, or the end of the connection',
      `${say(answer)} after ${sent / mebibyte} MiB`,
    )
  },
}
