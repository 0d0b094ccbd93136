import { caddy } from './routers/caddy.ts'
import { haproxy } from './routers/haproxy.ts'
import { nginx } from './routers/nginx.ts'
import type { Scenario } from './scenario.ts'
import { killed } from './ways/killed.ts'
import { oneOfTwo } from './ways/one-of-two.ts'
import { phased } from './ways/phased.ts'
import { replaced } from './ways/replaced.ts'

/** Eight times as long as the routers wait between two checks. */
const noticed = { SHUTDOWN_LAME_DUCK: '2s' }

/** Long enough for a router that asks every five seconds. */
const noticedLate = { SHUTDOWN_LAME_DUCK: '8s', SHUTDOWN_BUDGET: '30s' }

const late = {
  router: haproxy,
  way: oneOfTwo,
  env: noticedLate,
  checkEveryMs: 5_000,
  note: 'noticed up to 5 s late',
}

const blocked = { router: haproxy, blockMs: 1_200, note: 'the loop blocked for 1.2 s' }

/** Of each server there are two processes. */
const workers = { WEB_CONCURRENCY: '2' }

const kept = { keepsConnections: true, note: 'connections kept' }

/** A check has no longer than the interval for its TLS handshake. */
const http2 = { isHttp2: true, checkEveryMs: 1_000, env: { SHUTDOWN_LAME_DUCK: '4s' } }

/** 200 restarts. */
export const wholePlan: readonly Scenario[] = [
  { router: haproxy, way: oneOfTwo, restarts: 36, env: noticed },
  { ...late, restarts: 4 },
  { ...blocked, way: oneOfTwo, restarts: 4, env: noticed },
  {
    router: haproxy,
    way: oneOfTwo,
    restarts: 8,
    env: { ...noticed, ...workers },
    note: 'of two workers each',
  },
  { router: haproxy, way: oneOfTwo, restarts: 10, ...http2 },
  { router: haproxy, way: replaced, restarts: 30 },
  { ...blocked, way: replaced, restarts: 4 },
  { router: haproxy, way: replaced, restarts: 8, env: noticed, ...kept },
  { router: haproxy, way: phased, restarts: 20 },
  { router: haproxy, way: phased, restarts: 6, ...kept },
  { router: nginx, way: oneOfTwo, restarts: 12, env: noticed },
  { router: nginx, way: replaced, restarts: 12 },
  { router: nginx, way: phased, restarts: 8 },
  { router: caddy, way: oneOfTwo, restarts: 10, env: noticed },
  { router: caddy, way: oneOfTwo, restarts: 8, ...http2 },
  { router: caddy, way: replaced, restarts: 12 },
  { router: caddy, way: phased, restarts: 8 },
]

/** Every router and every way, for CI. */
export const shortPlan: readonly Scenario[] = [
  { ...blocked, way: oneOfTwo, restarts: 2, env: noticed },
  { ...late, restarts: 1 },
  { router: haproxy, way: oneOfTwo, restarts: 1, ...http2 },
  { router: haproxy, way: replaced, restarts: 3 },
  { ...blocked, way: replaced, restarts: 1 },
  { router: haproxy, way: phased, restarts: 2 },
  { router: nginx, way: oneOfTwo, restarts: 1, env: noticed },
  { router: nginx, way: replaced, restarts: 1 },
  { router: nginx, way: phased, restarts: 1 },
  { router: caddy, way: oneOfTwo, restarts: 1, env: noticed },
  { router: caddy, way: replaced, restarts: 1 },
  { router: caddy, way: phased, restarts: 1 },
]

/** What no server can prevent, counted apart. */
export const kills: Scenario = { router: haproxy, way: killed, restarts: 10 }
