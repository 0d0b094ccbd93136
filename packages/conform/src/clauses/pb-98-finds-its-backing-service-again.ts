import { isGood, say } from '../answer.ts'
import { expect } from '../checks/drain.ts'
import type { Clause } from '../clause.ts'
import { notApplicable, pass } from '../outcome.ts'
import { until } from '../wait.ts'

export const clause: Clause = {
  id: 'PB-98',
  section: 'Neighbours',
  level: 'MUST',
  profiles: ['web'],
  sentence: 'A second app serves as its backing service, and is found again after its restart.',
  reason:
    'One app becomes the resource of another by its URL. What keeps a dead connection, or ' +
    'gives up for good, needs a restart of its own after every deploy of the other.',
  source: 'The Twelve-Factor App, VII ("one app can become the backing service for another app")',
  mend: 'Connect anew when a connection of the pool has ended.',
  check: async (subject) => {
    const { backing, bootMs } = subject.target
    if (backing === undefined)
      return notApplicable('no backing service: give --backing-env and --backing-path')
    const other = await subject.start()
    const port = String(other.port)
    const url = `http://127.0.0.1:${port}`
    const running = await subject.start({ env: { [backing.variable]: url } })
    const sent = `another instance as ${backing.variable}, then GET ${backing.path}`
    const answer = await running.ask(backing.path)
    expect(isGood(answer), sent, 'an answer below 500', say(answer))
    other.signal('SIGTERM')
    await other.exitWithin(subject.target.graceMs)
    await other.kill()
    await running.ask(backing.path)
    await subject.start({ port })
    let last = answer
    await until(
      async () => {
        last = await running.ask(backing.path)
        return isGood(last) ? true : undefined
      },
      bootMs,
      200,
    )
    expect(isGood(last), `${sent}, again after its restart`, 'an answer below 500', say(last))
    return pass
  },
}
