import { type Client, createClient } from './ask.ts'
import { type Running, startAll, type Target } from './targets/target.ts'

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

/**
 * Starts all targets at once. Where one does not come up the others are stopped.
 *
 * @param signal ends a start, and a restart, halfway. @default it is never ended
 * @throws MOORING_E_TARGET
 */
export async function startFleet(
  targets: readonly Target[],
  signal: AbortSignal = new AbortController().signal,
): Promise<Fleet> {
  const started = await startAll(targets, signal)
  const all = targets.map((target, index) => createMember(target, started[index]!))
  const restarts = new Set<Promise<void>>()
  async function restart(chosen: readonly OwnMember[]): Promise<void> {
    const restarted = await Promise.allSettled(chosen.map((each) => each.restart(signal)))
    const failed = restarted.find((each) => each.status === 'rejected')
    if (failed) throw failed.reason
  }
  return {
    members: all,
    async stop() {
      await Promise.allSettled(restarts)
      await Promise.all(all.map((each) => each.stop()))
    },
    async restart(isChosen = () => true) {
      const restarted = restart(all.filter(isChosen))
      restarts.add(restarted)
      await restarted.finally(() => restarts.delete(restarted))
    },
  }
}

interface OwnMember extends Member {
  readonly stop: () => Promise<void>
  readonly restart: (signal: AbortSignal) => Promise<void>
}

function createMember(target: Target, first: Running): OwnMember {
  let running = first
  let client = createClient(running.address)
  async function stop(): Promise<void> {
    client.hangUp()
    await running.stop()
  }
  return {
    target,
    running: () => running,
    client: () => client,
    stop,
    async restart(signal) {
      signal.throwIfAborted()
      client.hangUp()
      if (running.restart) running = await running.restart()
      else {
        await running.stop()
        running = await target.start(signal)
      }
      client = createClient(running.address)
    },
  }
}
