import { say } from '../answer.ts'
import { settleMs, expect } from '../checks/drain.ts'
import type { Clause } from '../clause.ts'
import { verdict } from '../outcome.ts'
import { request } from '../connection.ts'
import { wait } from '../wait.ts'

export const clause: Clause = {
  id: 'PB-42',
  section: 'Stopping',
  level: 'MUST',
  profiles: ['web'],
  sentence: 'An upload that is under way when SIGTERM comes is received and answered.',
  reason:
    'The client is still sending: it sees a reset, and cannot know whether its data was ' +
    'stored.',
  source: 'RFC 9112 section 9.6; Mooring, shutdown step 4',
  mend: 'Go on reading the bodies of requests that were accepted.',
  check: async (subject) => {
    const running = await subject.start()
    const connection = await running.connect()
    const half = 'x'.repeat(32_768)
    connection.send(
      request(subject.path('echo'), {
        method: 'POST',
        headers: { 'Content-Length': String(half.length * 2) },
      }) + half,
    )
    await wait(settleMs)
    running.signal('SIGTERM')
    await wait(settleMs * 2)
    connection.send(half)
    const answer = await connection.response()
    const sent = 'half a body, SIGTERM, the other half'
    expect(answer.status === 200, sent, 'the whole body back', say(answer))
    return verdict(
      answer.body.length === half.length * 2,
      sent,
      `${half.length * 2} bytes back`,
      `${answer.body.length} bytes`,
    )
  },
}
