import { caddy } from './routers/caddy.ts'
import { haproxy } from './routers/haproxy.ts'
import { nginx } from './routers/nginx.ts'
import type { Scenario } from './scenario.ts'
import { oneOfTwo } from './ways/one-of-two.ts'
import { replaced } from './ways/replaced.ts'

/** Ten times what the routers need to notice. */
const noticed = { SHUTDOWN_LAME_DUCK: '1s' }

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

/** 200 restarts. */
export const wholePlan: readonly Scenario[] = [
  { router: haproxy, way: oneOfTwo, restarts: 50, env: noticed },
  { ...late, restarts: 4 },
  { ...blocked, way: oneOfTwo, restarts: 4, env: noticed },
  { router: haproxy, way: replaced, restarts: 40 },
  { ...blocked, way: replaced, restarts: 4 },
  {
    router: haproxy,
    way: replaced,
    restarts: 10,
    env: noticed,
    keepsConnections: true,
    note: 'connections kept',
  },
  { router: nginx, way: oneOfTwo, restarts: 22, env: noticed },
  { router: nginx, way: replaced, restarts: 22 },
  { router: caddy, way: oneOfTwo, restarts: 22, env: noticed },
  { router: caddy, way: replaced, restarts: 22 },
]

/** Every router and every way, for CI. */
export const shortPlan: readonly Scenario[] = [
  { router: haproxy, way: oneOfTwo, restarts: 2, env: noticed },
  { ...blocked, way: oneOfTwo, restarts: 1, env: noticed },
  { ...late, restarts: 1 },
  { router: haproxy, way: replaced, restarts: 4 },
  { ...blocked, way: replaced, restarts: 1 },
  { router: nginx, way: oneOfTwo, restarts: 1, env: noticed },
  { router: nginx, way: replaced, restarts: 2 },
  { router: caddy, way: oneOfTwo, restarts: 1, env: noticed },
  { router: caddy, way: replaced, restarts: 2 },
]
