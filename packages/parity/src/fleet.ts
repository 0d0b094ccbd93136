import type { Running, Target } from './targets/target.ts'
import { type Client, createClient } from './ask.ts'

/** All targets of a run, started. */
export interface Fleet {
  readonly members: readonly Member[]
  /** Stops what is chosen of it, and starts that again. @default all */
  readonly restart: (isChosen?: (member: Member) => boolean) => Promise<void>
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
  const started = await startAll(targets)
  const all = targets.map((target, index) => createMember(target, started[index]!))
  return {
    members: all,
    async stop() {
      await Promise.all(all.map((each) => each.stop()))
    },
    async restart(isChosen = () => true) {
      const chosen = all.filter(isChosen)
      await Promise.all(chosen.map((each) => each.stop()))
      const again = await startAll(chosen.map(({ target }) => target))
      for (const [index, each] of chosen.entries()) each.replace(again[index]!)
    },
  }
}

interface ReplaceableMember extends Member {
  readonly stop: () => Promise<void>
  readonly replace: (running: Running) => void
}

function createMember(target: Target, first: Running): ReplaceableMember {
  let running = first
  let client = createClient(running.address)
  return {
    target,
    running: () => running,
    client: () => client,
    async stop() {
      client.hangUp()
      await running.stop()
    },
    replace(again) {
      running = again
      client = createClient(again.address)
    },
  }
}

async function startAll(targets: readonly Target[]): Promise<readonly Running[]> {
  const started = await Promise.allSettled(targets.map((target) => target.start()))
  const running = started.flatMap((each) => (each.status === 'fulfilled' ? [each.value] : []))
  const failed = started.find((each) => each.status === 'rejected')
  if (!failed) return running
  await Promise.all(running.map((each) => each.stop()))
  throw failed.reason
}
