import { execFileSync } from 'node:child_process'
import type { Machine } from './machine.ts'
import type { Settings } from './part.ts'
import { measureContainer } from './parts/container.ts'
import { measureDev } from './parts/dev.ts'
import { measureEvents } from './parts/events.ts'
import { measureGrowth } from './parts/growth.ts'
import { measureIdle } from './parts/idle.ts'
import { profileMissed } from './parts/profiles.ts'
import { measureRequests } from './parts/requests.ts'
import { measureStart } from './parts/start.ts'
import { measureWebSockets } from './parts/web-sockets.ts'
import { measureWorkerd } from './parts/workerd.ts'
import type { Results } from './results.ts'

const parts: Readonly<Record<string, (settings: Settings) => Promise<Partial<Results>>>> = {
  requests: async (settings) => ({ requests: await measureRequests(settings) }),
  events: async (settings) => ({ events: await measureEvents(settings) }),
  'web-sockets': async (settings) => ({ webSockets: await measureWebSockets(settings) }),
  idle: async (settings) => ({ idle: await measureIdle(settings) }),
  start: async (settings) => ({ start: await measureStart(settings) }),
  container: async (settings) => ({ container: await measureContainer(settings) }),
  growth: async (settings) => ({ growth: await measureGrowth(settings) }),
  workerd: async (settings) => ({ workerd: await measureWorkerd(settings) }),
  dev: async (settings) => ({ dev: await measureDev(settings) }),
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
  const failed: string[] = []

  /** When one part comes to no end, the others are still worth having. */
  async function attempt<T>(name: string, run: () => Promise<T>): Promise<T | undefined> {
    try {
      return await run()
    } catch (error) {
      failed.push(`${name}: ${(error as Error).message}`)
      settings.say(`${name} failed: ${(error as Error).stack}`)
      return undefined
    }
  }

  for (const [name, measure] of Object.entries(parts)) {
    if (!names.includes(name)) continue
    const part = await attempt(name, () => measure(settings))
    if (part) measured.push(part)
  }
  const results: Results = {
    at: new Date().toISOString(),
    commit: execFileSync('git', ['rev-parse', 'HEAD'], { encoding: 'utf8' }).trim(),
    tookMs: 0,
    failed,
    machine,
    rounds: settings.rounds,
    seconds: settings.seconds,
    mostDisturbance: settings.mostDisturbance,
    ...Object.assign({}, ...measured),
  }
  const profiles = await attempt('profiles', () => profileMissed(results, settings))
  return { ...results, ...(profiles && { profiles }), tookMs: performance.now() - beganMs }
}
