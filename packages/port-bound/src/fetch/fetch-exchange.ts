import type { InFlight, OpenRequest } from '../answering.ts'
import type { Answer, FetchIncoming } from './fetch-runtime.ts'

/** A request that a fetch handler is answering. */
export class FetchExchange implements InFlight {
  readonly incoming: FetchIncoming
  readonly startedAtMs: number = performance.now()
  /** When a part of its body came last. */
  movedAtMs: number = this.startedAtMs
  /** Whether the head of the response is on its way. */
  isAnswered = false
  /** Answers in the place of a handler that is not done. */
  answerWith: ((response: Response) => void) | undefined
  /** Set when the app has accepted a handshake. */
  upgrade: ((headers: Headers) => Answer) | undefined
  #abort: AbortController | undefined
  #reason: Error | undefined

  constructor(incoming: FetchIncoming) {
    this.incoming = incoming
  }

  /**
   * The signal that the handler gets in the place of the runtime's: Deno's aborts after every answer
   * too, and neither can be given a reason. Made when somebody asks.
   */
  get signal(): AbortSignal {
    if (this.#abort) return this.#abort.signal
    const abort = (this.#abort = new AbortController())
    if (this.#reason) abort.abort(this.#reason)
    else {
      const own = Reflect.get(Request.prototype, 'signal', this.incoming.request) as AbortSignal
      // Deno's aborts after every answer too: there what is left to happen is told by `delivered`.
      const leave = () => {
        if (this.isAnswered && this.incoming.delivered) return
        this.giveReason('the client went away')
      }
      if (own.aborted) leave()
      else own.addEventListener('abort', leave, { once: true })
    }
    return abort.signal
  }

  /** Whether somebody has asked for the signal. */
  get isWatched(): boolean {
    return this.#abort !== undefined
  }

  readonly giveReason = (reason: string): void => {
    this.#reason ??= new Error(reason)
    this.#abort?.abort(this.#reason)
  }

  readonly describe = (): OpenRequest => ({
    method: this.incoming.request.method,
    path: pathOf(this.incoming.request.url),
    ageMs: Math.round(performance.now() - this.startedAtMs),
    waitingFor: this.isAnswered ? 'the end of the body' : 'the head',
  })
}

/** The path of an absolute URL, without a query, which may hold what no log should. */
export function pathOf(url: string): string {
  const start = url.indexOf('/', url.indexOf('//') + 2)
  return start < 0 ? '/' : url.slice(start).split(/[?#]/, 1)[0]!
}

/** The requests that are being answered, from the first line of the runtime's handler on. */
export interface FetchExchanges {
  readonly all: ReadonlySet<FetchExchange>
  readonly begin: (incoming: FetchIncoming) => FetchExchange
  /** The head of the response is on its way. */
  readonly answered: (exchange: FetchExchange) => void
  /** Calls `heard` at each request that comes. @returns what ends that */
  readonly onRequest: (heard: () => void) => () => void
}

export function trackFetchExchanges(): FetchExchanges {
  const all = new Set<FetchExchange>()
  const listeners = new Set<() => void>()
  return {
    all,
    begin(incoming) {
      const exchange = new FetchExchange(incoming)
      all.add(exchange)
      for (const heard of listeners) heard()
      const end = () => void all.delete(exchange)
      incoming.delivered?.then(end, () => {
        end()
        exchange.giveReason('the client went away')
      })
      return exchange
    },
    answered(exchange) {
      exchange.isAnswered = true
      // Where the runtime does not tell of the body's end, it alone knows what is in flight.
      if (!exchange.incoming.delivered) all.delete(exchange)
    },
    onRequest(heard) {
      listeners.add(heard)
      return () => void listeners.delete(heard)
    },
  }
}
