import {
  type Adapter,
  adoptAll,
  type App,
  assertApp,
  type FetchHandler,
  type Injected,
  isApp,
  type RawWebSocket,
} from '@mooring/core/adapter'

/** A module Worker's default export. */
export interface ExportedHandler {
  fetch(request: Request, env: any, ctx: any): Response | Promise<Response>
  scheduled(controller: any, env: any, ctx: any): Promise<void>
  queue(batch: any, env: any, ctx: any): Promise<void>
  /** The expressions of the app's schedules, for tools: the configuration has to name them too. */
  readonly crons: App['crons'] | undefined
}

/** What a cron trigger hands in, declared by its shape. */
interface ScheduledController {
  readonly cron: string
  readonly scheduledTime: number
}

/** A handler that answers its own cron triggers, and consumes its own queues. */
interface EventHandler extends FetchHandler {
  scheduled?(controller: ScheduledController, env: unknown, ctx: unknown): unknown
  queue?(batch: unknown, env: unknown, ctx: unknown): unknown
}

declare const WebSocketPair: new () => {
  readonly 0: object
  readonly 1: RawWebSocket & {
    binaryType: string
    accept(options: { allowHalfOpen: boolean }): void
  }
}

export const adapter: Adapter = {
  name: 'cloudflare',
  write: (event) => console[event.level](JSON.stringify(event)),
  // Workers announce no stop, so it never aborts. One for each that asks: what listens to one that
  // all share would be kept for as long as the isolate lives.
  get drainSignal() {
    return new AbortController().signal
  },
  clientAddress: (c) => c.req.header('cf-connecting-ip'),
  webSockets: {
    hasObjects: true,
    accept(_c, { headers }, opened) {
      const { 0: client, 1: server } = new WebSocketPair()
      server.binaryType = 'arraybuffer'
      // Else workerd answers a close frame by itself, with whatever code it has.
      server.accept({ allowHalfOpen: true })
      opened(server)
      return new Response(null, { status: 101, headers, webSocket: client } as ResponseInit)
    },
  },
}

/** The app of this Worker, for its objects; `undefined` where it has nothing to boot. */
export let injected: Injected | undefined

/**
 * Exports an app to Workers. The runtime owns the socket; nothing is bound.
 *
 * The app boots at the first event of an isolate, since only then is the configuration there. If
 * that fails the client gets a bare 500 and the log the whole reason, at every event until it is
 * mended.
 *
 * @param app what `defineApp` returns, a Hono instance, or any object with `fetch`
 * @throws MOORING_E_APP at load
 * @example
 * import { handle } from '@mooring/cloudflare'
 * import app from './app.ts'
 *
 * export default handle(app)
 */
export function handle(app: App | FetchHandler): ExportedHandler {
  assertApp(app)
  adoptAll(adapter)
  const own = isApp(app) ? app.inject(adapter) : undefined
  injected = own
  const handler: FetchHandler = own ?? (app as FetchHandler)
  return {
    fetch(request, env, ctx) {
      const asked = standardRequest(request)
      return asked instanceof Request ? handler.fetch(asked, env, ctx) : asked
    },
    async scheduled(controller: ScheduledController, env, ctx) {
      const { cron, scheduledTime } = controller
      if (own) return own.runSchedules(cron, new Date(scheduledTime), env)
      await (handler as EventHandler).scheduled?.(controller, env, ctx)
    },
    async queue(batch, env, ctx) {
      if (own) return own.runConsumers(batch, env)
      await (handler as EventHandler).queue?.(batch, env, ctx)
    },
    crons: (app as App).crons,
  }
}

/** The last host that needed no change, and how its URLs begin. */
let known = { host: '', origin: ' ' }

/** Paths and queries of other characters may be written otherwise by the standard. */
const other = /[^\w!$&()*+,/:;=?@~-]/

/**
 * The request with the URL that the standard makes of its own: workerd hands it over as it was
 * written, and a path with dot segments in it or a host in capitals would be another here than on
 * every other runtime. What is no host, a backslash in a path, and what is not ASCII are 400
 * (RFC 9112 §3.2). The body of a GET means nothing (RFC 9110 §9.3.1).
 */
function standardRequest(request: Request): Request | Response {
  const { url, method, headers } = request
  // Looking at it makes a stream of the body of any other.
  if ((method === 'GET' || method === 'HEAD') && request.body) {
    request = new Request(request, { body: null })
  }
  // workerd knows it, and no other runtime does (RFC 9110 §9.1).
  if (method === 'BAN') return new Response('501 Not Implemented\n', { status: 501 })
  const named = headers.get('host')
  // To parse every URL would be a tenth of what a small handler takes.
  const { origin } = known
  if (named === known.host && url.startsWith(origin) && !other.test(url.slice(origin.length))) {
    return request
  }
  const parsed = URL.parse(url)
  // A service binding says none.
  const host = named ?? parsed?.host
  if (parsed?.href === url && parsed.host === host) {
    known = { host, origin: `${parsed.origin}/` }
    return request
  }
  const [, path] = /^\w+:\/\/[^/]*(\/[^?]*)?/.exec(url)!
  // `OPTIONS *` is about the server, not about the app (RFC 9110 §9.3.7).
  if (!path && method === 'OPTIONS') return new Response('200 OK\n')
  const isSame = parsed?.hostname === host?.toLowerCase().replace(/:\d*$/, '')
  if (parsed && isSame && path && !/\\/.test(path) && !/[^!-~]/.test(url)) {
    return new Request(parsed, request)
  }
  return new Response('400 Bad Request\n', { status: 400 })
}
