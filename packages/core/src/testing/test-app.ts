import { adopt } from '../adapter/adapter.ts'
import { type App, assertApp, isApp } from '../app.ts'
import type { FetchHandler } from '../fetch-handler.ts'
import { createLogger, type LogEvent } from '../log.ts'
import { createMemoryQueue, type MemoryQueue } from '../queues/queue-memory.ts'
import { createMemoryKv } from '../resources/kv-memory.ts'
import { createMemoryTopic } from '../topics/topic-memory.ts'
import type { Found, Resource } from '../resources/resource.ts'
import { environmentNames } from '../resources/resource-names.ts'

export interface TestAppOptions {
  /** Environment variables for the app's config. @default none */
  readonly env?: Readonly<Record<string, string>>
  /**
   * What stands behind each resource: for a `service()` a handler of requests, such as another
   * Hono app. A `kv()`, `topic()` or `queue()` gets a fresh one in memory.
   */
  readonly services?: Readonly<Record<string, FetchHandler>>
  /** What `clientAddress` answers. @default '192.0.2.1' (RFC 5737) */
  readonly clientAddress?: string
}

/** A test may have put a clock of its own in place. */
const realTimeout = setTimeout

/** An app booted in memory, for unit tests. Process and wire are for the adapters' own tests. */
export interface TestApp {
  request(path: string | Request, init?: RequestInit): Promise<Response>
  /**
   * Waits until the background work begun so far, the messages that are due, and what those began,
   * are done.
   */
  settled(): Promise<void>
  /** Starts the drain signal. */
  drain(): void
  /** The log events so far. */
  readonly logs: readonly LogEvent[]
}

/** Boots an app, or anything with `fetch`, without a runtime. */
export async function testApp(
  app: App | FetchHandler,
  options: TestAppOptions = {},
): Promise<TestApp> {
  assertApp(app)
  const logs: LogEvent[] = []
  const draining = new AbortController()
  const pending = new Set<Promise<unknown>>()
  const queues: MemoryQueue[] = []
  const executionCtx = {
    waitUntil: (work: Promise<unknown>) => {
      pending.add(work)
      void work.finally(() => pending.delete(work)).catch(() => {})
    },
    passThroughOnException: () => {},
    props: {},
  }
  const adapter = {
    name: 'test',
    write: (event: LogEvent) => void logs.push(event),
    drainSignal: draining.signal,
    clientAddress: () => options.clientAddress ?? '192.0.2.1',
  }
  adopt(executionCtx, adapter)
  const env = options.env ?? {}
  const find = (of: string, name: string, resource: Resource) =>
    findForTest(of, name, resource, options.services ?? {}, queues)
  const booted = isApp(app) ? await app.boot({ adapter, env, find }) : undefined
  for (const { consume } of booted?.resources ?? []) {
    consume?.({
      run: booted!.runConsumer,
      log: createLogger(adapter.write),
      signal: draining.signal,
      isLeaving: () => draining.signal.aborted,
      waitUntil: executionCtx.waitUntil,
    })
  }
  const handler = booted?.handler ?? (app as FetchHandler)
  const limits = isApp(app) ? app.limits : undefined

  return {
    logs,
    drain: () => draining.abort(),
    async request(path, init) {
      const url = path instanceof Request ? path : new URL(path, 'http://localhost/')
      const ask = (asked: Request) => handler.fetch(asked, env, executionCtx)
      const request = new Request(url, init)
      return limits ? limits.guard(request, ask) : ask(request)
    },
    async settled() {
      const isWaiting = () => queues.some((queue) => queue.waiting() > 0)
      while (pending.size > 0 || isWaiting()) {
        await Promise.allSettled(pending)
        // A message that is due is taken in a moment.
        await new Promise((resolve) => realTimeout(resolve))
      }
    },
  }
}

function findForTest(
  app: string,
  resource: string,
  { kind }: Resource,
  services: Readonly<Record<string, FetchHandler>>,
  queues: MemoryQueue[],
): Found {
  const names = { app, resource, ...environmentNames(resource) }
  const found = { embedded: true, target: 'test' }
  if (kind !== 'service') {
    const text = 'memory:'
    const openKv = async () => ({ handle: createMemoryKv() })
    const openTopic = async () => ({ handle: createMemoryTopic() })
    const openQueue = async () => {
      const queue = createMemoryQueue(resource)
      queues.push(queue)
      return queue
    }
    const open = { openKv, openTopic, openQueue }
    return { ...found, at: { via: 'url', ...names, url: new URL(text), text, ...open } }
  }
  const value = services[resource]
  if (value) return { ...found, at: { via: 'binding', ...names, value } }
  return {
    missing: { name: names.binding, value: 'not set', expected: `expected services.${resource}` },
  }
}
