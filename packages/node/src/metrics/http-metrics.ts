import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Metrics, Sample } from '@mooring/port-bound'
import type { Connections } from '../connections.ts'
import type { OpenResponse } from '../exchange.ts'

/**
 * The buckets in seconds that OpenTelemetry's semantic conventions advise for
 * `http.server.request.duration`.
 */
const bounds = [0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10] as const

/** The methods that the conventions call known: those of RFC 9110, PATCH and QUERY. */
const knownMethods = 'CONNECT,DELETE,GET,HEAD,OPTIONS,PATCH,POST,PUT,QUERY,TRACE'

/** How many statuses there can be: 0 is none, the others are themselves. */
const statuses = 1_000

/** What is asked of a response: that of HTTP/1 and that of HTTP/2 both have it. */
type Response = ServerResponse & Pick<OpenResponse, 'startedAtMs' | 'cutOffWith'>

type Listener<Request, Reply> = (incoming: Request, outgoing: Reply) => void

export interface RequestMeasure {
  /** Makes a listener one that is measured. */
  readonly listener: <Request extends IncomingMessage, Reply extends ServerResponse<any>>(
    listener: Listener<Request, Reply>,
  ) => Listener<Request, Reply>
  /** Says whose requests are active. */
  readonly active: (connections: Connections) => void
}

/**
 * Measures requests. One costs a listener on its response, one look-up and a few numbers in arrays
 * that are there already: no string and no object of its own. What is active is counted when it is
 * asked for.
 *
 * Without `http.route`: the route is known inside the app only, and a path cannot stand in for it,
 * since anyone can make up as many as they like.
 *
 * @param env `OTEL_INSTRUMENTATION_HTTP_KNOWN_METHODS` replaces the list of known methods; any
 *   other counts as `_OTHER`
 */
export function measureRequests(
  metrics: Metrics,
  scheme: 'http' | 'https',
  env: NodeJS.ProcessEnv,
): RequestMeasure {
  const known = env['OTEL_INSTRUMENTATION_HTTP_KNOWN_METHODS'] ?? knownMethods
  const methods = [...new Set(known.split(',').map((method) => method.trim())), '_OTHER']
  const other = methods.length - 1
  const indexes = new Map(methods.map((method, index) => [method, index]))
  const indexOf = (method: string | undefined) => indexes.get(method ?? '') ?? other
  // A series is one method, one status and whether the response was cut off: made at its first use.
  const series = new Map<number, Float64Array>()

  function onClose(this: Response): void {
    const status = this.cutOffWith ?? (this.headersSent ? this.statusCode : 0)
    const { req } = this
    // What HTTP/2 says of a response that its client gave up differs by the version of Node.
    const isWhole = this.writableFinished && !(req.httpVersionMajor === 2 && req.aborted)
    const isCutOff = !isWhole && status < 500
    const key = (indexOf(req.method) * statuses + status) * 2 + (isCutOff ? 1 : 0)
    let counts = series.get(key)
    if (!counts) series.set(key, (counts = new Float64Array(bounds.length + 2)))
    const nowMs = performance.now()
    const seconds = (nowMs - (this.startedAtMs ?? nowMs)) / 1_000
    let bucket = 0
    while (bucket < bounds.length && seconds > bounds[bucket]!) bucket += 1
    counts[bucket]! += 1
    counts[bounds.length + 1]! += seconds
  }

  function toSample(key: number, counts: Float64Array): Sample {
    const isCutOff = key % 2 === 1
    const status = Math.floor(key / 2) % statuses
    const error = isCutOff ? 'aborted' : status >= 500 ? String(status) : undefined
    return {
      labels: {
        http_request_method: methods[Math.floor(key / 2 / statuses)]!,
        ...(status > 0 && { http_response_status_code: String(status) }),
        url_scheme: scheme,
        ...(error !== undefined && { error_type: error }),
      },
      value: counts[bounds.length + 1]!,
      counts: [...counts.subarray(0, bounds.length + 1)],
    }
  }

  metrics.source(() => [
    {
      name: 'http_server_request_duration_seconds',
      help: 'Duration of HTTP server requests.',
      type: 'histogram',
      together: 'sum',
      bounds,
      samples: [...series].map(([key, counts]) => toSample(key, counts)),
    },
  ])

  return {
    listener: (listener) => (incoming, outgoing) => {
      outgoing.on('close', onClose)
      listener(incoming, outgoing)
    },
    active(connections) {
      metrics.source(() => {
        const active = new Float64Array(methods.length)
        for (const { response } of connections.exchanges()) {
          active[indexOf(response.req.method)]! += 1
        }
        return [
          {
            name: 'http_server_active_requests',
            help: 'Number of active HTTP server requests.',
            type: 'gauge',
            together: 'sum',
            samples: methods.map((http_request_method, index) => ({
              labels: { http_request_method, url_scheme: scheme },
              value: active[index]!,
            })),
          },
        ]
      })
    },
  }
}
