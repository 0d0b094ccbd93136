import { lost, type Tally } from '../tally.ts'
import { until, wait } from '../wait.ts'
import type { Client, Kind, Target } from './client.ts'
import { getsKeptAlive, getsNew, posts, streams } from './http1.ts'
import { http2 } from './http2.ts'
import { newWebSockets, webSockets } from './web-socket.ts'

const kinds: readonly Kind[] = [
  getsKeptAlive,
  getsNew,
  posts,
  streams,
  http2,
  webSockets,
  newWebSockets,
]

/** All kinds at once, until it is stopped. */
export interface Load {
  /** Lets every request that is under way come to its end. */
  readonly stop: () => Promise<void>
}

/** Resolves when every kind has been answered: from then on there is something to lose. */
export async function startLoad(target: Target, tally: Tally): Promise<Load> {
  let isStopped = false

  async function keepAsking({ name, pauseMs }: Kind, client: Client): Promise<void> {
    while (!isStopped) {
      const attempt = tally.begin(name)
      try {
        await client.ask(attempt)
        tally.end(attempt)
      } catch (error) {
        tally.end(attempt, error)
      }
      await wait(pauseMs)
    }
  }

  const clients = kinds.flatMap((kind) => kind.open(target).map((client) => ({ kind, client })))
  const asking = clients.map(({ kind, client }) => keepAsking(kind, client))
  const stop = async () => {
    isStopped = true
    await Promise.all(asking)
    for (const { client } of clients) client.close()
  }
  try {
    await until('an answer of each kind', () => {
      if (tally.losses.length > 0) throw new Error(`lost before any restart: ${firstLoss(tally)}`)
      return kinds.every(({ name }) => (tally.counts.get(name)?.right ?? 0) > 0)
    })
  } catch (error) {
    await stop()
    throw error
  }
  return { stop }
}

function firstLoss({ losses: [first], counts }: Tally): string {
  const all = [...counts.values()].reduce((total, one) => total + lost(one), 0)
  return `${first?.kind}: ${first?.outcome}: ${first?.detail} (${all} in all)`
}
