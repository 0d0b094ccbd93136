import { type IncomingMessage, ServerResponse } from 'node:http'
import type { Duplex } from 'node:stream'
import { refuseHandshake } from '@mooring/core/adapter'
import type { Incoming } from '../request-body.ts'
import type { Reply } from '../reply.ts'

/** How long a client has to read the answer and close, when it was not upgraded. */
const lingerMs = 500

/**
 * What the app's response has when it stands for the 101. Both survive a middleware's copy; another
 * response in its place may inherit the header, and has another status.
 */
export const upgradeMark = 'x-mooring-upgrade'
export const upgradeStatus = 299

/** A response's headers, as they come to `writeHead`. */
export type AnswerHeaders = Readonly<Record<string, string | readonly string[]>>

/** A handshake that is being answered. */
export interface Handshake {
  readonly socket: Duplex
  /** What came behind the request. */
  readonly head: Buffer
  /** Set once the app has accepted: makes the socket a WebSocket. */
  complete?: (headers: AnswerHeaders) => void
  /** What the app's response has, for the 101. */
  answer?: AnswerHeaders
}

/**
 * Whether a request is a whole handshake, and so leaves HTTP. Every other one stays with it,
 * whatever its `Upgrade` asks for (RFC 9110 §7.8: a server may ignore it); so does one that was
 * pipelined, while the response to the one before is being written.
 */
export function asksForWebSocket(incoming: IncomingMessage): boolean {
  const { method, httpVersionMinor, headers, socket } = incoming
  return (
    headers.upgrade !== undefined &&
    method === 'GET' &&
    httpVersionMinor > 0 &&
    headers['sec-websocket-key'] !== undefined &&
    headers['sec-websocket-version'] !== undefined &&
    headers['content-length'] === undefined &&
    headers['transfer-encoding'] === undefined &&
    !(socket as { _httpMessage?: object | null })._httpMessage &&
    refuseHandshake((name) => headers[name] as string | undefined) === undefined
  )
}

/**
 * Before `shouldUpgradeCallback` (Node 22.21, 24.9) a server with a listener for upgrades handed it
 * every request that has an `Upgrade`. There the parser is told that the others ask for none.
 */
export function keepOthersInHttp(server: object, RequestClass: typeof Incoming): void {
  if ('shouldUpgradeCallback' in server) return
  /** What the parser found, until it asks with the headers there: then what it was told. */
  const answers = new WeakMap<IncomingMessage, boolean | undefined>()
  Object.defineProperty(RequestClass.prototype, 'upgrade', {
    set(this: IncomingMessage, value: unknown) {
      if (value && !answers.has(this)) answers.set(this, undefined)
    },
    get(this: IncomingMessage) {
      if (!answers.has(this)) return false
      const answer = answers.get(this) ?? (this.method === 'CONNECT' || asksForWebSocket(this))
      answers.set(this, answer)
      return answer
    },
  })
}

/**
 * A response on a connection that Node has let go of. It is an ordinary one, and the last on its
 * connection, unless it is what the app accepted the handshake with.
 */
export function createUpgradeReply(
  ReplyClass: typeof Reply,
): new (incoming: IncomingMessage, handshake: Handshake) => Reply<Incoming> {
  return class extends ReplyClass {
    readonly #handshake: Handshake
    #isUpgraded = false

    constructor(incoming: IncomingMessage, handshake: Handshake) {
      super(incoming)
      this.#handshake = handshake
      const { socket } = handshake
      this.shouldKeepAlive = false
      socket.on('error', () => {})
      this.assignSocket(socket as Parameters<typeof this.assignSocket>[0])
      this.once('finish', () => {
        this.#detach()
        socket.end()
        // Closing with bytes unread would reset the connection, and take the answer with it.
        socket.resume()
        setTimeout(() => socket.destroy(), lingerMs).unref()
      })
    }

    /** Its head may be the one that the handshake was accepted with. */
    protected override isOrdinary(): boolean {
      return false
    }

    override writeHead(...args: unknown[]): this {
      const [status, headers] = args as [number, AnswerHeaders | undefined]
      const { complete } = this.#handshake
      if (headers?.[upgradeMark] === undefined) return super.writeHead(...args)
      if (!complete || (status !== 101 && status !== upgradeStatus)) {
        const { [upgradeMark]: _mark, ...rest } = headers
        return super.writeHead(status, rest)
      }
      this.#isUpgraded = true
      this.#detach()
      complete(headers)
      // For those who listen, the request is at its end, and was answered.
      Object.defineProperty(this, 'headersSent', { value: true })
      Object.defineProperty(this, 'writableFinished', { value: true })
      this.statusCode = 101
      this.emit('close')
      return this
    }

    override write(...args: unknown[]): boolean {
      return this.#isUpgraded || super.write(...args)
    }

    override end(...args: unknown[]): this {
      return this.#isUpgraded ? this : super.end(...args)
    }

    #detach(): void {
      ServerResponse.prototype.detachSocket.call(this, this.#handshake.socket as never)
    }
  } as never
}
