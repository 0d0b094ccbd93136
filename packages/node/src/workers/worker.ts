import type { Logger } from '@mooring/core'
import { type Checks, handOverSignals, type Lifecycle, type Metrics } from '@mooring/port-bound'
import type { Address } from '../address.ts'
import { type Envelope, type Listening, open, type Order, type Report } from './worker-messages.ts'

/** Says that a process is a worker: which one, of how many. */
export const workerVariable = 'MOORING_WORKER'

/** The descriptor at which a worker finds the listening socket: the first after stderr. */
export const workerDescriptor = 3

/** How a worker leaves for which there is a successor. */
const makingRoom = {
  // It goes on answering where it is connected; what is new, and what is queued, goes to others.
  othersAccept: true,
  lameDuck: { leastMs: 0, quietMs: 0, mostMs: 0 },
  // It is in nobody's way: what it has in flight may take its time.
  deadlineMs: 300_000,
  // Clients that reuse a connection send their next request within this time, and learn to close.
  idleGraceMs: 2_000,
}

/** This process as one of several, the parent of which holds the listening socket. */
export interface Worker {
  readonly id: number
  /** How many there are. */
  readonly of: number
  readonly address: Address
  /** Leaves when the parent says so, or is gone. Signals are for the parent to decide about. */
  readonly obey: (lifecycle: Lifecycle, log: Logger) => void
  /** Answers what the parent's `ADMIN_PORT` is asked. */
  readonly observe: (metrics: Metrics, checks: Checks) => void
  readonly ready: (listening: Listening) => void
  /** Whether it leaves alone, and others serve at the same address. */
  readonly makesRoom: () => boolean
  /** Resolves when the parent allows to stop accepting. */
  readonly mayClose: () => Promise<void>
}

/** `undefined` in a process that is no worker. Takes the variable out of the environment. */
export function thisWorker(env: NodeJS.ProcessEnv): Worker | undefined {
  const [, id, of] = /^(\d+)\/(\d+)$/.exec(env[workerVariable] ?? '') ?? []
  delete env[workerVariable]
  if (id === undefined || process.send === undefined) return undefined
  let makesRoom = false
  const allowed = Promise.withResolvers<void>()
  const report = (mooring: Report) => {
    const message: Envelope<Report> = { mooring }
    if (process.connected) process.send!(message, undefined, undefined, () => {})
  }

  return {
    id: Number(id),
    of: Number(of),
    address: { kind: 'inherited', descriptor: workerDescriptor },
    ready: (listening) => report({ type: 'ready', listening }),
    observe(metrics, checks) {
      const measured = (snapshot = metrics.snapshot()) =>
        report({ type: 'measured', metrics: snapshot })
      process.on('message', (message) => {
        const order = open<Order>(message)
        if (order?.type === 'measure') void metrics.read().then(measured)
        else if (order?.type === 'check') {
          void checks.run().then((results) => report({ type: 'checked', ...results }))
        }
      })
      // What it counted since it was asked last is not to be lost with it.
      process.on('exit', () => measured())
    },
    makesRoom: () => makesRoom,
    mayClose() {
      report({ type: 'asks to close' })
      return allowed.promise
    },
    obey(lifecycle, log) {
      function onMessage(message: unknown): void {
        const order = open<Order>(message)
        if (order?.type === 'ping') report({ type: 'pong' })
        else if (order?.type === 'close') allowed.resolve()
        else if (order?.type === 'force') lifecycle.force(order.reason)
        else if (order?.type === 'leave') {
          makesRoom = order.makesRoom
          lifecycle.leave(order.reason, order.makesRoom ? makingRoom : {})
        }
      }
      function onParentGone(): void {
        allowed.resolve()
        if (!lifecycle.isLeaving()) lifecycle.leave('the parent is gone')
      }
      process.on('message', onMessage)
      process.on('disconnect', onParentGone)
      process.on('SIGTERM', (signal) => {
        // While it boots it has nothing to finish; without a parent nobody else decides.
        if (lifecycle.phase() === 'boot' || !process.connected) lifecycle.leave(signal)
        else report({ type: 'signalled', signal })
      })
      // A terminal sends these to the whole group: the parent has them too.
      for (const signal of ['SIGINT', 'SIGQUIT', 'SIGHUP'] as const) {
        process.on(signal, () => log.debug('left to the parent', { signal }))
      }
      handOverSignals()
      if (!process.connected) onParentGone()
    },
  }
}
