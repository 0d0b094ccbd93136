import type { Context } from 'hono'
import { MooringError } from '../errors.ts'
import { requestId } from '../request-id.ts'
import type { Attachment, Resource } from './resource.ts'
import { bindingFix, describeResource } from './resource-names.ts'
import { askThrough } from './service-redirects.ts'

export interface ServiceOptions {
  /** Milliseconds until the head of an answer must be there. @default 10_000 */
  readonly timeoutMs?: number
  /** Whether the app runs without it; its handle is then `Service | undefined`. @default false */
  readonly optional?: boolean
}

/** A backing service that speaks HTTP. */
export interface Service {
  /**
   * Asks the service on behalf of a request: the request's abort, its id and its trace context
   * (W3C Trace Context) are passed on. A redirect is an answer too, unless `init.redirect` says to
   * follow it: then one within the service is followed, and one to another origin is an answer.
   *
   * @param c the request being answered, or `undefined` where there is none (a schedule)
   * @param path the path and query below the service's URL, such as `/title?url=…`; of an absolute
   *   URL (Hono's typed client makes those) the path and query count
   * @throws MOORING_E_SERVICE_TIMEOUT, MOORING_E_SERVICE_UNREACHABLE; the reason of an abort as it is
   */
  fetch(c: Context | undefined, path: string | URL | Request, init?: RequestInit): Promise<Response>
}

type ServiceFor<Options extends ServiceOptions> =
  | Service
  | (Options['optional'] extends true ? undefined : never)

/**
 * Declares a backing service. Port-bound, `preview` is attached by `PREVIEW_URL=http://…`;
 * injected, by the service binding `PREVIEW`.
 *
 * @example
 * defineApp({
 *   resources: { preview: service({ timeoutMs: 2_000 }) },
 *   setup: ({ resources: { preview } }) =>
 *     new Hono().get('/', (c) => preview.fetch(c, '/title')),
 * })
 */
export function service<const Options extends ServiceOptions = {}>(
  options?: Options,
): Resource<ServiceFor<Options>> {
  return {
    kind: 'service',
    optional: options?.optional ?? false,
    attach: async (at) => {
      const timeoutMs = options?.timeoutMs ?? 10_000
      if (at.via === 'url') {
        if (!/^https?:$/.test(at.url.protocol)) {
          return { refused: `${describeResource('service', at)} needs an http:// or https:// URL.` }
        }
        const ask = (request: Request, signal: AbortSignal) => fetch(request, { signal })
        return { handle: createService(at, at.url, ask, timeoutMs) }
      }
      const fetcher = at.value as { fetch?: typeof fetch }
      if (typeof fetcher?.fetch !== 'function') {
        const needs = `${describeResource('service', at)} needs a service binding.`
        return { refused: `${needs}\n${bindingFix('service', at.binding)}` }
      }
      const ask = (request: Request, signal: AbortSignal) => fetcher.fetch!(request, { signal })
      return { handle: createService(at, new URL(`http://${at.resource}/`), ask, timeoutMs) }
    },
  }
}

/** Headers of the request being answered that its service needs to join the same trace. */
const tracing = ['traceparent', 'tracestate', 'baggage']

/** Fields of the client's connection, beside those that it names (RFC 9110 §7.6.1). */
const ofConnection = [
  'connection',
  'expect',
  'host',
  'keep-alive',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
]

function createService(
  at: Attachment,
  base: URL,
  ask: (request: Request, signal: AbortSignal) => Promise<Response>,
  timeoutMs: number,
): Service {
  return {
    async fetch(c, path, init) {
      const request = requestFor(base, path, init)
      if (c) {
        for (const name of tracing) {
          const value = c.req.header(name)
          if (value && !request.headers.has(name)) request.headers.set(name, value)
        }
        request.headers.set('x-request-id', requestId(c))
      }
      const timeout = new AbortController()
      const timer = setTimeout(() => timeout.abort(), timeoutMs)
      const asked = path instanceof Request ? path.signal : undefined
      const aborts = [timeout.signal, init?.signal, asked, c?.req.raw.signal].filter(isSignal)
      try {
        // Beside the request, not in it: a Request follows its signal weakly, and Node's collector
        // takes the link between them while the service is silent.
        const signal = AbortSignal.any(aborts)
        const redirect = init?.redirect ?? 'manual'
        return await askThrough(request, init, redirect, (one) => ask(one, signal))
      } catch (error) {
        if (timeout.signal.aborted) throw timedOut(at, timeoutMs, error)
        if (aborts.some((signal) => signal.aborted)) throw error
        throw unreachable(at, base, error)
      } finally {
        clearTimeout(timer)
      }
    },
  }
}

function isSignal(value: AbortSignal | null | undefined): value is AbortSignal {
  return value != null
}

/** The request under the service's own URL: its origin, its folder, then the path asked for. */
function requestFor(base: URL, path: string | URL | Request, init?: RequestInit): Request {
  const asked = new URL(path instanceof Request ? path.url : path, base)
  const url = new URL(base)
  url.pathname = base.pathname.replace(/\/$/, '') + asked.pathname
  url.search = asked.search
  const options: RequestInit = { ...init, redirect: 'manual' }
  const request = new Request(path instanceof Request ? new Request(url, path) : url, options)
  const { headers } = request
  const named = headers.get('connection')?.match(/[\w!#$%&'*+.^`|~-]+/g) ?? []
  for (const name of [...ofConnection, ...named]) headers.delete(name)
  return request
}

function timedOut(at: Attachment, timeoutMs: number, cause: unknown): MooringError {
  return new MooringError('MOORING_E_SERVICE_TIMEOUT', {
    message: `${describeResource('service', at)} did not answer within ${timeoutMs} ms.`,
    fix: 'look whether it is overloaded, or give service({ timeoutMs }) more time.',
    cause,
  })
}

function unreachable(at: Attachment, base: URL, cause: unknown): MooringError {
  const address = at.via === 'url' ? ` at ${base.host}` : ''
  return new MooringError('MOORING_E_SERVICE_UNREACHABLE', {
    message: `${describeResource('service', at)} cannot be reached${address}.`,
    fix: 'look whether it runs, and whether it is attached to the right address.',
    cause,
  })
}
