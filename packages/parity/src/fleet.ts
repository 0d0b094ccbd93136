import type { Running, Target } from './targets/target.ts'
import { type Client, createClient } from './ask.ts'

/** All targets of a run, started. */
export interface Fleet {
  readonly members: readonly Member[]
  readonly restart: () => Promise<void>
  readonly stop: () => Promise<void>
}

/** One target of a run. */
export interface Member {
  readonly target: Target
  readonly running: () => Running
  readonly client: () => Client
}

/** Starts all targets at once. Where one does not come up the others are stopped. */
export async function startFleet(targets: readonly Target[]): Promise<Fleet> {
  let running = await startAll(targets)
  let clients = clientsOf(running)
  const members = targets.map((target, index) => ({
    target,
    running: () => running[index]!,
    client: () => clients[index]!,
  }))
  async function stop(): Promise<void> {
    for (const client of clients) client.hangUp()
    await Promise.all(running.map((each) => each.stop()))
  }
  return {
    members,
    stop,
    async restart() {
      await stop()
      running = await startAll(targets)
      clients = clientsOf(running)
    },
  }
}

function clientsOf(running: readonly Running[]): readonly Client[] {
  return running.map(({ address }) => createClient(address))
}

async function startAll(targets: readonly Target[]): Promise<readonly Running[]> {
  const started = await Promise.allSettled(targets.map((target) => target.start()))
  const running = started.flatMap((each) => (each.status === 'fulfilled' ? [each.value] : []))
  const failed = started.find((each) => each.status === 'rejected')
  if (!failed) return running
  await Promise.all(running.map((each) => each.stop()))
  throw failed.reason
}
