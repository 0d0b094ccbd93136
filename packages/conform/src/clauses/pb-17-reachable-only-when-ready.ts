import { type Answer, say, isGood } from '../answer.ts'
import { type Clause, pass, fail, verdict } from '../clause.ts'
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
    const answers: Answer[] = [await first.response(bootMs)]
    first.close()
    for (let count = 0; count < 10; count++) {
      answers.push(await running.ask())
      await wait(50)
    }
    const bad = answers.find((answer) => !isGood(answer))
    if (bad === undefined) return pass
    if (paths.ready !== undefined) {
      const ready = await (await subject.start({ isEarly: true })).worksWithin(bootMs)
      if (ready && bad.status === 503) return pass
    }
    return fail(
      'the first request that was accepted, and ten after it',
      'answers below 500',
      say(bad),
    )
  },
}
