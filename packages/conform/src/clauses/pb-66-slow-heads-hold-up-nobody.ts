import { say, isGood } from '../answer.ts'
import { settleMs } from '../checks/drain.ts'
import type { Clause } from '../clause.ts'
import { verdict } from '../outcome.ts'
import { wait } from '../wait.ts'

export const clause: Clause = {
  id: 'PB-66',
  section: 'Limits and slow clients',
  level: 'MUST',
  profiles: ['web'],
  sentence: 'Clients that send their heads slowly hold up nobody else.',
  reason:
    'A handful of them, mobile or malicious (Slowloris), blocks a server with one worker ' +
    'for each connection.',
  source: 'CWE-400; gunicorn, "Deploying Gunicorn" (sync workers need a buffering proxy)',
  mend: 'Read heads asynchronously, or buffer them in front of the workers.',
  check: async (subject) => {
    const running = await subject.start()
    for (let count = 0; count < 40; count++)
      (await running.connect()).send('GET / HTTP/1.1\r\nHost: l')
    await wait(settleMs)
    const answer = await running.ask(undefined, { ms: 5_000 })
    return verdict(
      isGood(answer),
      '40 connections with half a head, then a request',
      'an answer within 5 s',
      say(answer),
    )
  },
}
