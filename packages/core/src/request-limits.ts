import type { FetchHandler } from './fetch-handler.ts'
import { MooringError } from './errors.ts'
import { refusal } from './refusal.ts'

export interface RequestLimitOptions {
  /**
   * The most bytes of a request's body; then 413. Port-bound `BODY_LIMIT` replaces it. On Workers the
   * plan of the account has a limit too.
   *
   * @default 100 MiB
   */
  readonly bodyBytes?: number
}

/** What a request may have, as {@link requestLimits} declares it. */
export interface RequestLimits {
  readonly bodyBytes: number
  /** 431 for a head that is too large, where the runtime takes it. */
  readonly refuseHead: (request: Request) => Response | undefined
  /** Asks `next`, or answers in its place. For a runtime that limits nothing. */
  readonly guard: (request: Request, next: Next) => Response | Promise<Response>
}

type Next = (request: Request) => ReturnType<FetchHandler['fetch']>

/** What Workers take on the plans that most have. */
export const defaultBodyBytes: number = 100 * 1024 ** 2

/** Of the target, and the names and values of the fields: what Node takes, and counts. */
const mostHeadBytes = 16 * 1024

/** As on Node. */
const mostFields = 1_000

/**
 * Declares what a request may have, the same on every runtime: a larger body is 413, and a head of
 * more than 16 KiB or 1,000 fields is 431. Without it the runtime's own limits hold, and differ.
 *
 * @throws MOORING_E_LIMIT
 * @example
 * export default defineApp({
 *   name: 'notes',
 *   limits: requestLimits({ bodyBytes: 1024 ** 2 }),
 *   setup: () => new Hono().post('/notes', (c) => c.text('kept', 201)),
 * })
 */
export function requestLimits(options: RequestLimitOptions = {}): RequestLimits {
  const { bodyBytes = defaultBodyBytes } = options
  if (!Number.isSafeInteger(bodyBytes) || bodyBytes < 1) {
    throw new MooringError('MOORING_E_LIMIT', {
      message: `bodyBytes of requestLimits is ${bodyBytes}.`,
      why: 'Expected a whole number of bytes, from 1 on.',
      fix: 'write requestLimits({ bodyBytes: 1024 ** 2 }), or leave it out for 100 MiB.',
    })
  }
  const tooLarge = () => refusal(413, `Content Too Large: at most ${bodyBytes} bytes`)

  function refuseHead({ url, headers }: Request): Response | undefined {
    let bytes = url.length - url.indexOf('/', url.indexOf('//') + 2)
    let fields = 0
    for (const [name, value] of headers) {
      bytes += name.length + value.length
      fields += 1
    }
    const reason = 'Request Header Fields Too Large'
    if (fields > mostFields) return refusal(431, `${reason}: more than ${mostFields} fields`)
    return bytes < mostHeadBytes ? undefined : refusal(431, reason)
  }

  return {
    bodyBytes,
    refuseHead,
    guard(request, next) {
      const refused = refuseHead(request)
      if (refused) return refused
      const announced = request.headers.get('content-length')
      if (Number(announced) > bodyBytes) return tooLarge()
      if (announced !== null || request.body === null) return next(request)
      return new Promise((resolve, reject) => {
        const limited = limitBody(request, bodyBytes, () => resolve(tooLarge()))
        Promise.resolve(next(limited)).then(resolve, reject)
      })
    },
  }
}

/** A request whose body fails, and tells, once it is larger than it may be. */
export function limitBody(request: Request, mostBytes: number, onLarge: () => void): Request {
  const { body, headers } = request
  if (body === null || headers.has('content-length')) return request
  let receivedBytes = 0
  const counter = new TransformStream<Uint8Array<ArrayBuffer>, Uint8Array<ArrayBuffer>>({
    transform(chunk, controller) {
      receivedBytes += chunk.length
      if (receivedBytes <= mostBytes) return controller.enqueue(chunk)
      onLarge()
      controller.error(new Error(`the body is larger than ${mostBytes} bytes`))
    },
  })
  // Half: the answer comes when it comes (Fetch §5.4).
  const init = { body: body.pipeThrough(counter), duplex: 'half' } as RequestInit
  return new Request(request, init)
}
