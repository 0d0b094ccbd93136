import { type IncomingMessage, ServerResponse } from 'node:http'
import type { Logger } from '@mooring/core'

type WriteHead = (...args: unknown[]) => ServerResponse
type Write = (...args: unknown[]) => boolean

/**
 * The response class of a server. It says `Connection: close` on every response once a signal
 * has come, and turns a head that Node refuses to write (a header value with a line break or an
 * emoji, a status of 99) into a 500: the listener below calls `writeHead` where no handler could
 * catch the throw, and the process would end.
 */
export function createReplyClass(isLeaving: () => boolean, log: Logger): typeof ServerResponse {
  return class Reply<
    Request extends IncomingMessage = IncomingMessage,
  > extends ServerResponse<Request> {
    readonly startedAtMs = performance.now()
    #refused = false

    override writeHead(...args: unknown[]): this {
      if (isLeaving()) this.shouldKeepAlive = false
      try {
        ;(super.writeHead as WriteHead)(...args)
      } catch (error) {
        log.error('the response has an invalid head', { error })
        for (const name of this.getHeaderNames()) this.removeHeader(name)
        const text = 'Internal Server Error'
        super.writeHead(500, text, {
          'Content-Type': 'text/plain; charset=UTF-8',
          'Content-Length': text.length,
        })
        super.end(text)
        this.#refused = true
      }
      return this
    }

    override write(...args: unknown[]): boolean {
      return this.#refused || (super.write as Write)(...args)
    }

    override end(...args: unknown[]): this {
      if (!this.#refused) (super.end as WriteHead)(...args)
      return this
    }
  }
}
