import { logHandlerErrors, refusal } from '@mooring/core/adapter'
import type { FetchHandler, Logger, RequestLimits } from '@mooring/core'
import { type FetchExchange, type FetchExchanges, pathOf } from './fetch-exchange.ts'
import type { FetchProbes } from './fetch-probes.ts'
import { canonicalRequest, forwardedRequest } from './fetch-request.ts'
import { wireResponse, withHeader } from './fetch-response.ts'
import type { Answer, FetchIncoming, FetchLimits, FetchRuntime } from './fetch-runtime.ts'
import { upgradeMark, upgradeStatus } from './fetch-web-sockets.ts'
import type { Forwarding } from '../forwarding.ts'
import { receiveBody } from './received-body.ts'
import { expectResponses } from '../expect-responses.ts'
import type { HostPolicy } from '../host.ts'
import { tellCancel } from '../standard-response.ts'
import type { StaticFiles } from '../static/static-files.ts'

export interface FetchAnswerParts {
  readonly handler: FetchHandler
  /** What the app's `env` holds for a request. */
  readonly bindings: (exchange: FetchExchange) => object
  readonly executionCtx: object
  readonly exchanges: FetchExchanges
  readonly probes: FetchProbes
  readonly staticFiles: StaticFiles | undefined
  readonly limits: FetchLimits
  /** Where the app declares limits: what Node refuses by itself. */
  readonly refuseHead: RequestLimits['refuseHead'] | undefined
  readonly withBodyAsSent: FetchRuntime['withBodyAsSent']
  readonly forHead: FetchRuntime['forHead']
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
  const { refuseHead, withBodyAsSent, forHead, isAllowed, forwarding, isLeaving, log } = parts
  const handler = expectResponses(parts.handler)
  logHandlerErrors(parts.handler, log)

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
    const refused = refuseHead?.(request)
    if (refused) return refused
    const announced = request.headers.get('content-length')
    if (announced !== null && Number(announced) > limits.bodyLimitBytes) return tooLarge()
    if (forwarding) {
      request = forwardedRequest(request, forwarding, incoming.remoteAddress())
      if (request instanceof Response) return request
    }
    if (isAllowed && !isAllowed(request.headers.get('host') ?? '')) {
      return refusal(421, 'Misdirected Request: this host is not served here')
    }
    const sent = withBodyAsSent(request)
    if (sent instanceof Promise) return handOnLater(exchange, sent)
    return handOn(exchange, sent)
  }

  /** A body that has not begun to come is waited for as long as for an answer. */
  function handOnLater(exchange: FetchExchange, sent: Promise<Request>): Promise<Response> {
    return new Promise((resolve, reject) => {
      let isLate = false
      exchange.answerWith = (response) => {
        isLate = true
        resolve(response)
      }
      const begin = (request: Request) => {
        if (isLate) return
        exchange.answerWith = undefined
        exchange.movedAtMs = performance.now()
        resolve(handOn(exchange, request))
      }
      sent.then(begin).catch(reject)
    })
  }

  function handOn(exchange: FetchExchange, given: Request): Response | Promise<Response> {
    const refuse = () => exchange.answerWith?.(tooLarge())
    const request = receiveBody(given, exchange, limits.bodyLimitBytes, refuse)
    return staticFiles?.(request) ?? handle(exchange, request)
  }

  function tooLarge(): Response {
    return refusal(413, `Content Too Large: at most ${limits.bodyLimitBytes} bytes`)
  }

  function handle(exchange: FetchExchange, request: Request): Response | Promise<Response> {
    Object.defineProperty(request, 'signal', { get: () => exchange.signal, configurable: true })
    const result = handler.fetch(request, bindings(exchange), executionCtx)
    if (!(result instanceof Promise)) return wireResponse(result)
    return new Promise((resolve) => {
      exchange.answerWith = resolve
      const answer = (response: Response) => resolve(wireResponse(response))
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
    const { method } = exchange.incoming.request
    const answer = method === 'HEAD' ? forHead(response) : watched(exchange, response)
    return isLeaving() ? withHeader(answer, 'Connection', 'close') : answer
  }

  /** Deno takes a body that nobody waits for any more for one that is delivered. */
  function watched(exchange: FetchExchange, response: Response): Response {
    if (!exchange.isWatched || !exchange.incoming.delivered) return response
    return tellCancel(response, () => exchange.giveReason('the client went away'))
  }

  setInterval(() => {
    const nowMs = performance.now()
    for (const exchange of exchanges.all) {
      if (exchange.isAnswered || !exchange.answerWith) continue
      if (nowMs - exchange.movedAtMs < limits.responseTimeoutMs) continue
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
