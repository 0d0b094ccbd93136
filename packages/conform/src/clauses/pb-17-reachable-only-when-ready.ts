import { say, isGood } from '../answer.ts'
import { expect } from '../checks/drain.ts'
import type { Clause } from '../clause.ts'
import { pass, fail, verdict } from '../outcome.ts'
import { request, Connection } from '../connection.ts'
import { wait, until } from '../wait.ts'

export const clause: Clause = {
  id: 'PB-17',
  section: 'Boot',
  level: 'MUST',
  profiles: ['web', 'tcp'],
  sentence:
    'From the first connection that it accepts, the process works, or says by its ' +
    'readiness probe that it does not yet.',
  reason:
    'Where nothing but the open port is looked at, traffic follows within milliseconds. ' +
    'Requests that meet a half-started app are lost.',
  source: 'Heroku, Cloud Run (TCP start-up probe); sd_notify(3), READY=1',
  mend: 'Open the listener last, after configuration, connections and warm-up.',
  check: async (subject) => {
    const running = await subject.start({ isEarly: true })
    const { bootMs, profile, path, paths } = subject.target
    const first = await until(
      async () => {
        if (running.exited !== undefined) return 'ended' as const
        return await Connection.open(running.port)
      },
      bootMs,
      5,
    )
    if (first === undefined || first === 'ended')
      return fail('connected again and again', 'an accepted connection', await running.describe())
    if (profile === 'tcp') {
      first.close()
      return verdict(
        await running.works(),
        'connected a second time',
        subject.works,
        await running.describe(),
      )
    }
    first.send(request(path, { headers: { Connection: 'close' } }))
    const answer = await first.response(bootMs)
    first.close()
    const sent = 'requests from the first connection that was accepted'
    // Without a probe an open port is all that anyone looks at.
    if (paths.ready === undefined) expect(isGood(answer), sent, 'answers below 500', say(answer))
    for (let count = 0; count < 10; count++) {
      const ready = paths.ready === undefined ? undefined : await running.ask(paths.ready)
      const next = await running.ask()
      const isReady = ready === undefined || ready.status === 200
      expect(!isReady || isGood(next), sent, 'answers below 500', say(next))
      await wait(50)
    }
    return pass
  },
}
