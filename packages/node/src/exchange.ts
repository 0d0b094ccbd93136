import type { ServerResponse } from 'node:http'
import type { Http2ServerResponse } from 'node:http2'
import type { Socket } from 'node:net'
import type { OpenRequest } from '@mooring/port-bound'

/** A response that is not at its end. */
export type OpenResponse = (ServerResponse | Http2ServerResponse) & {
  readonly startedAtMs?: number
  /** The status that was sent past it. */
  cutOffWith?: number | undefined
  /** What the handler's signal aborts with. */
  abortReason?: string | undefined
}

/** A request that is being answered, over whatever protocol. Made when somebody looks. */
export interface Exchange {
  readonly response: OpenResponse
  /** Whether the request's body has arrived, too. */
  readonly hasWholeRequest: boolean
  /**
   * Whether it is the peer that must send (the rest of its body, where that is not held back) or read
   * (what waits for it).
   */
  readonly isWaitingForPeer: boolean
  /** Differs from what it was whenever a byte has moved. */
  readonly progress: number | string
  /** Answers with a bare status where there is no head yet, and cuts the response off where it is. */
  readonly cutOff: (status: 408 | 503) => void
}

/**
 * What the handler's signal aborts with when the connection ends before the response does. Node
 * itself would say that the client went away.
 */
export function giveReason(response: OpenResponse, reason: string): void {
  response.abortReason = reason
  const { req } = response
  const emitter = 'stream' in req ? req.stream : req.socket
  req.on('error', () => {})
  emitter.prependOnceListener('close', () => {
    const error = new Error(reason)
    // The stream of a request without a body is closed from the start, and takes no error.
    if (req.destroyed) Object.defineProperty(req, 'errored', { value: error })
    else req.destroy(error)
  })
}

/** A request that is not answered yet, for a log line. */
export function describeRequest({ req, headersSent, startedAtMs }: OpenResponse): OpenRequest {
  return {
    method: req.method ?? '',
    path: (req.url ?? '').split('?', 1)[0]!,
    ageMs: Math.round(performance.now() - (startedAtMs ?? performance.now())),
    waitingFor: headersSent ? 'the end of the body' : 'the head',
  }
}

/** How long a peer may take to answer our FIN before its socket is destroyed. */
export const finGraceMs = 500

const reasons = { 408: 'Request Timeout', 503: 'Service Unavailable' } as const

/** Node keeps the response being written on its socket; there is no public name for it. */
function http1Response(socket: Socket): (OpenResponse & ServerResponse) | null | undefined {
  return (socket as { _httpMessage?: (OpenResponse & ServerResponse) | null })._httpMessage
}

/** Whether a request is being answered on an HTTP/1 connection. */
export function isBusy(socket: Socket): boolean {
  return Boolean(http1Response(socket))
}

/** What an HTTP/1 connection is doing, or `undefined` where no request is being answered on it. */
export function http1Exchange(socket: Socket): Exchange | undefined {
  const response = http1Response(socket)
  if (!response) return undefined
  const { complete, readableLength, readableHighWaterMark } = response.req
  // Full: the client has sent, and Node holds it back until the handler reads.
  const isHeldBack = readableLength >= readableHighWaterMark
  return {
    response,
    hasWholeRequest: complete,
    isWaitingForPeer: !(complete || isHeldBack) || socket.writableLength > 0,
    progress: socket.bytesRead + socket.bytesWritten,
    cutOff(status) {
      if (response.headersSent) {
        reset(socket)
        return
      }
      // Past the response object, which the handler still has: what it writes later goes nowhere,
      // and that its response never finished is what makes the request's signal abort.
      response.cutOffWith = status
      const body = `${status} ${reasons[status]}\n`
      const head = [
        `HTTP/1.1 ${body.trimEnd()}`,
        `Date: ${new Date().toUTCString()}`,
        'Connection: close',
        'Content-Type: text/plain; charset=UTF-8',
        `Content-Length: ${body.length}`,
      ]
      socket.end(`${head.join('\r\n')}\r\n\r\n${response.req.method === 'HEAD' ? '' : body}`)
      setTimeout(() => socket.destroy(), finGraceMs).unref()
    },
  }
}

/** Resets a connection, so that the client sees the truncation. A Unix socket can only be closed. */
export function reset(socket: Socket): void {
  try {
    socket.resetAndDestroy()
  } catch {
    socket.destroy()
  }
}
