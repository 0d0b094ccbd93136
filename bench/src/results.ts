import type { Machine } from './machine.ts'
import type { ContainerResult } from './parts/container.ts'
import type { DevResult } from './parts/dev.ts'
import type { EventsResult } from './parts/events.ts'
import type { GrowthResult } from './parts/growth.ts'
import type { IdleResult } from './parts/idle.ts'
import type { Profiled } from './profile.ts'
import type { RequestsResult } from './parts/requests.ts'
import type { StartResult } from './parts/start.ts'
import type { WebSocketsResult } from './parts/web-sockets.ts'
import type { WorkerdResult } from './parts/workerd.ts'

/** All that a run has measured, as it is written to a file. */
export interface Results {
  readonly at: string
  readonly commit: string
  readonly tookMs: number
  readonly machine: Machine
  readonly rounds: number
  readonly seconds: number
  readonly mostDisturbance: number
  /** Parts that came to no end, and why. */
  readonly failed: readonly string[]
  readonly requests?: RequestsResult
  readonly events?: EventsResult
  readonly webSockets?: WebSocketsResult
  readonly idle?: IdleResult
  readonly start?: StartResult
  readonly container?: ContainerResult
  readonly growth?: GrowthResult
  readonly workerd?: WorkerdResult
  readonly dev?: DevResult
  /** Of what has missed its goal. */
  readonly profiles?: readonly Profiled[]
}
