import { execFileSync } from 'node:child_process'
import type { Machine } from './machine.ts'
import type { Settings } from './part.ts'
import { measureEvents, type EventsResult } from './parts/events.ts'
import { type GrowthResult, measureGrowth } from './parts/growth.ts'
import { type IdleResult, measureIdle } from './parts/idle.ts'
import { measureRequests, type RequestsResult } from './parts/requests.ts'
import { measureStart, type StartResult } from './parts/start.ts'
import { measureWebSockets, type WebSocketsResult } from './parts/web-sockets.ts'
import { measureWorkerd, type WorkerdResult } from './parts/workerd.ts'

/** All that a run has measured, as it is written to a file. */
export interface Results {
  readonly at: string
  readonly commit: string
  readonly tookMs: number
  readonly machine: Machine
  readonly rounds: number
  readonly seconds: number
  readonly requests?: RequestsResult
  readonly events?: EventsResult
  readonly webSockets?: WebSocketsResult
  readonly idle?: IdleResult
  readonly start?: StartResult
  readonly growth?: GrowthResult
  readonly workerd?: WorkerdResult
}

const parts = {
  requests: async (settings: Settings) => ({ requests: await measureRequests(settings) }),
  events: async (settings: Settings) => ({ events: await measureEvents(settings) }),
  'web-sockets': async (settings: Settings) => ({ webSockets: await measureWebSockets(settings) }),
  idle: async (settings: Settings) => ({ idle: await measureIdle(settings) }),
  start: async (settings: Settings) => ({ start: await measureStart(settings) }),
  growth: async (settings: Settings) => ({ growth: await measureGrowth(settings) }),
  workerd: async (settings: Settings) => ({ workerd: await measureWorkerd(settings) }),
}

export const partNames: readonly string[] = Object.keys(parts)

/** Measures one part after the other; nothing of one is running while the next is measured. */
export async function measureParts(
  names: readonly string[],
  machine: Machine,
  settings: Settings,
): Promise<Results> {
  const beganMs = performance.now()
  const measured: Partial<Results>[] = []
  for (const [name, measure] of Object.entries(parts)) {
    if (names.includes(name)) measured.push(await measure(settings))
  }
  return {
    at: new Date().toISOString(),
    commit: execFileSync('git', ['rev-parse', 'HEAD'], { encoding: 'utf8' }).trim(),
    tookMs: Math.round(performance.now() - beganMs),
    machine,
    rounds: settings.rounds,
    seconds: settings.seconds,
    ...Object.assign({}, ...measured),
  }
}
