import type { FetchHandler, Logger } from '@mooring/core'
import type { FetchExchange, FetchExchanges } from './fetch-exchange.ts'
import { pathOf } from './fetch-exchange.ts'
import type { FetchProbes } from './fetch-probes.ts'
import { canonicalRequest, forwardedRequest, limitBody, refusal } from './fetch-request.ts'
import type { Answer, FetchIncoming, FetchLimits } from './fetch-runtime.ts'
import { upgradeMark, upgradeStatus } from './fetch-web-sockets.ts'
import type { Forwarding } from './forwarding.ts'
import { expectResponses, logHandlerErrors } from './handler-errors.ts'
import type { HostPolicy } from './host.ts'
import type { StaticFiles } from './static-files.ts'

export interface FetchAnswerParts {
  readonly handler: FetchHandler
  /** What the app's `env` holds for a request. */
  readonly bindings: (exchange: FetchExchange) => object
  readonly executionCtx: object
  readonly exchanges: FetchExchanges
  readonly probes: FetchProbes
  readonly staticFiles: StaticFiles | undefined
  readonly limits: FetchLimits
  readonly limitsBodies: boolean
  readonly isAllowed: HostPolicy | undefined
  /** `undefined` where no proxy is trusted. */
  readonly forwarding: Forwarding | undefined
  readonly isLeaving: () => boolean
  readonly log: Logger
}

/** How often handlers that take too long are looked for. */
const sweepEveryMs = 1_000

/** From a runtime's request to the app and back. */
export function createFetchAnswer(
  parts: FetchAnswerParts,
): (incoming: FetchIncoming) => Answer | Promise<Answer> {
  const { bindings, executionCtx, exchanges, probes, staticFiles, limits } = parts
  const { limitsBodies, isAllowed, forwarding, isLeaving, log } = parts
  const handler = expectResponses(parts.handler)
  logHandlerErrors(handler, log)

  function failed(error: unknown): Response {
    log.error('the handler threw', { error })
    return new Response('Internal Server Error', { status: 500 })
  }

  /** What stands before the app. */
  function ask(exchange: FetchExchange): Response | Promise<Response> {
    const { incoming } = exchange
    let request = canonicalRequest(incoming.request)
    if (request instanceof Response) return request
    const probe = probes(pathOf(request.url))
    if (probe) return probe
    const announced = request.headers.get('content-length')
    if (announced !== null && Number(announced) > limits.bodyLimitBytes) return tooLarge()
    if (forwarding) {
      request = forwardedRequest(request, forwarding, incoming.remoteAddress())
      if (request instanceof Response) return request
    }
    if (isAllowed && !isAllowed(request.headers.get('host') ?? '')) {
      return refusal(421, 'Misdirected Request: this host is not served here')
    }
    if (!limitsBodies) {
      const refuse = () => exchange.answerWith?.(tooLarge())
      request = limitBody(request, limits.bodyLimitBytes, refuse)
    }
    return staticFiles?.(request) ?? handle(exchange, request)
  }

  function tooLarge(): Response {
    return refusal(413, `Content Too Large: at most ${limits.bodyLimitBytes} bytes`)
  }

  function handle(exchange: FetchExchange, request: Request): Response | Promise<Response> {
    Object.defineProperty(request, 'signal', { get: () => exchange.signal, configurable: true })
    const result = handler.fetch(request, bindings(exchange), executionCtx)
    if (!(result instanceof Promise)) return withoutConnection(result)
    return new Promise((resolve) => {
      exchange.answerWith = resolve
      const answer = (response: Response) => resolve(withoutConnection(response))
      result.then(answer).catch((error: unknown) => resolve(failed(error)))
    })
  }

  function finish(exchange: FetchExchange, response: Response): Answer {
    exchanges.answered(exchange)
    const { headers, status } = response
    if (headers.has(upgradeMark)) {
      const isUpgrade = status === 101 || status === upgradeStatus
      if (isUpgrade && exchange.upgrade) return exchange.upgrade(headers)
      return withHeader(response, upgradeMark, undefined)
    }
    return isLeaving() ? withHeader(response, 'Connection', 'close') : response
  }

  setInterval(() => {
    const nowMs = performance.now()
    for (const exchange of exchanges.all) {
      if (exchange.isAnswered || !exchange.answerWith) continue
      if (nowMs - exchange.startedAtMs < limits.responseTimeoutMs) continue
      log.warn('the handler did not answer in time', { ...exchange.describe() })
      exchange.giveReason('the handler did not answer in time')
      exchange.answerWith(refusal(503, 'Service Unavailable'))
    }
  }, sweepEveryMs).unref()

  return (incoming) => {
    const exchange = exchanges.begin(incoming)
    try {
      const answer = ask(exchange)
      if (!(answer instanceof Promise)) return finish(exchange, answer)
      return answer.then((response) => finish(exchange, response)).catch(failed)
    } catch (error) {
      return finish(exchange, failed(error))
    }
  }
}

/** Fields of a connection are the server's, which owns it (RFC 9110 §7.6.1). */
const ofConnection = ['connection', 'keep-alive', 'te', 'trailer', 'transfer-encoding', 'upgrade']

function withoutConnection(response: Response): Response {
  // A 426 must say to what (RFC 9110 §15.5.22).
  if (response.status === 426) return response
  let kept = response
  for (const name of ofConnection) {
    if (kept.headers.has(name)) kept = withHeader(kept, name, undefined)
  }
  return kept
}

/** A response that came from `fetch` has headers that cannot be changed. */
function withHeader(response: Response, name: string, value: string | undefined): Response {
  const set = ({ headers }: Response) =>
    value === undefined ? headers.delete(name) : headers.set(name, value)
  try {
    set(response)
    return response
  } catch {
    const copy = new Response(response.body, response)
    set(copy)
    return copy
  }
}
