import { say, isGood } from '../answer.ts'
import { expect } from '../checks/drain.ts'
import type { Clause } from '../clause.ts'
import { verdict } from '../outcome.ts'
import { request } from '../connection.ts'

export const clause: Clause = {
  id: 'PB-55',
  section: 'HTTP',
  level: 'SHOULD',
  profiles: ['web'],
  sentence: 'An idle connection is kept for longer than a router keeps it.',
  reason:
    "Where the process closes first, the router's next request runs into the end of the " +
    'connection: a 502 now and then that nobody can explain.',
  source:
    'AWS, "Application Load Balancer: idle timeout" (60 s); Heroku (90 s); the time here ' +
    'is `--keep-alive-ms`',
  mend: "Set the keep-alive time above the router's idle time.",
  waits: true,
  check: async (subject) => {
    const { keepAliveMs, path } = subject.target
    const running = await subject.start()
    const connection = await running.connect()
    connection.send(request(path))
    const first = await connection.response()
    expect(isGood(first), `GET ${path}`, 'an answer', say(first))
    await connection.closes(keepAliveMs)
    connection.send(request(path))
    const second = await connection.response(5_000)
    return verdict(
      isGood(second),
      `a second request after ${keepAliveMs / 1000} s`,
      'an answer',
      say(second),
    )
  },
}
