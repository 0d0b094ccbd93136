import type { Server } from 'node:http'
import { Server as NetServer, type Socket } from 'node:net'
import type { Logger } from '@mooring/core'
import type { Metrics } from '@mooring/port-bound'
import { type Exchange, finGraceMs, http1Exchange, isBusy, reset } from './exchange.ts'

/** How long a connection that has not sent a whole request yet may take once draining began. */
export const newConnectionGraceMs = 1_000

/** What speaks on a connection that is past HTTP/1: an HTTP/2 session, a TLS handshake. */
export interface Speaker {
  /** The requests being answered on it. */
  readonly exchanges: () => readonly Exchange[]
  /** A signal has come: the peer is to go elsewhere with what it asks next. */
  readonly announceEnd: () => void
  /** Draining has begun: ends the connection as soon as it has nothing to lose. Called once. */
  readonly end: () => void
  /** Cuts the connection off. */
  readonly destroy: () => void
}

/** What a connection had received when it was last looked at, and since when it is idle with that. */
export interface Seen {
  /** -1 where it was not idle. */
  bytesRead: number
  sinceMs: number
}

/** What is known of a connection. One object that changes: there are many, and most are idle. */
interface Connection extends Seen {
  /** `undefined` where it speaks HTTP/1. */
  speaker: Speaker | undefined
}

/** The open connections of a server, and what each of them is doing. */
export interface Connections {
  readonly count: () => number
  /** The requests being answered. */
  readonly exchanges: () => readonly Exchange[]
  /** From here on `speaker` knows what the connection is doing, and ends it. */
  readonly handOver: (socket: Socket, speaker: Speaker) => void
  /** From here on `by` stands for `socket`, as TLS does for the connection that it is spoken over. */
  readonly replace: (socket: Socket, by: Socket, speaker?: Speaker) => void
  /** Those that speak HTTP/1, or have not spoken yet; the oldest first. */
  readonly eachHttp1: (look: (socket: Socket, seen: Seen) => void) => void
  readonly seen: (socket: Socket) => Readonly<Seen> | undefined
  /** Tells the peers that can be told that no new request should be sent here. */
  readonly announceEnd: () => void
  /**
   * Ends each connection as soon as it has nothing to lose; resolves when none is left.
   *
   * @param idleGraceMs how long one that is idle may still bring a request. @default 0
   */
  readonly drain: (idleGraceMs?: number) => Promise<void>
  /** Resets what is left, so that a client sees the truncation. */
  readonly destroy: () => void
}

export function trackConnections(server: Server): Connections {
  const connections = new Map<Socket, Connection>()

  /** One for all: a closure for each connection is the most that we would add to its memory. */
  function forget(this: Socket): void {
    connections.delete(this)
  }

  function add(socket: Socket, speaker?: Speaker): void {
    connections.set(socket, { speaker, bytesRead: -1, sinceMs: 0 })
    socket.on('close', forget)
  }
  // Before what takes a connection over: nobody can take over what is not known.
  server.prependListener('connection', (socket: Socket) => add(socket))

  return {
    count: () => connections.size,
    exchanges() {
      // Asked once a second, of every connection: most are idle, and for these nothing is made.
      const found: Exchange[] = []
      connections.forEach(({ speaker }, socket) => {
        if (speaker) found.push(...speaker.exchanges())
        else if (isBusy(socket)) found.push(http1Exchange(socket)!)
      })
      return found
    },
    handOver(socket, speaker) {
      const connection = connections.get(socket)
      if (connection) connection.speaker = speaker
    },
    replace(socket, by, speaker) {
      connections.delete(socket)
      add(by, speaker)
    },
    eachHttp1(look) {
      connections.forEach((connection, socket) => {
        if (!connection.speaker) look(socket, connection)
      })
    },
    seen: (socket) => connections.get(socket),
    announceEnd() {
      for (const { speaker } of connections.values()) speaker?.announceEnd()
    },
    async drain(idleGraceMs = 0) {
      const startedMs = performance.now()
      const ending = new WeakSet<Socket>()
      while (connections.size > 0) {
        const elapsedMs = performance.now() - startedMs
        for (const [socket, { speaker }] of connections) {
          if (ending.has(socket)) continue
          if (!speaker) {
            if (http1Exchange(socket)) continue
            const isIdle = socket.bytesWritten > 0
            if (elapsedMs < (isIdle ? idleGraceMs : newConnectionGraceMs)) continue
          }
          ending.add(socket)
          if (speaker) speaker.end()
          else end(socket)
        }
        await new Promise((resolve) => setTimeout(resolve, 20))
      }
    },
    destroy() {
      for (const [socket, { speaker }] of connections) {
        if (speaker) speaker.destroy()
        else reset(socket)
      }
    },
  }
}

function end(socket: Socket): void {
  const sentPartOfARequest = socket.bytesWritten === 0 && socket.bytesRead > 0
  if (sentPartOfARequest) socket.write('HTTP/1.1 408 Request Timeout\r\nConnection: close\r\n\r\n')
  socket.end()
  setTimeout(() => socket.destroy(), finGraceMs).unref()
}

/** How many turns of the loop must find the accept queue empty. */
const quietTurns = 5

/**
 * Accepts what the kernel has queued, since closing the listener resets the rest. libuv takes one
 * connection a turn of the loop, so several turns must pass without a new one. The last of them are
 * immediates: then the close comes right after a poll that found nothing.
 *
 * @param atMostMs where connections come without an end. A full queue on a busy machine takes seconds
 */
export async function emptyAcceptQueue(server: Server, atMostMs: number): Promise<void> {
  const untilMs = performance.now() + atMostMs
  await quiet(server, untilMs, (resolve) => setTimeout(resolve, 1))
  await quiet(server, untilMs, (resolve) => setImmediate(resolve))
}

/** Waits until `quietTurns` turns pass without a new connection. */
async function quiet(
  server: Server,
  untilMs: number,
  turn: (resolve: () => void) => void,
): Promise<void> {
  let turns = 0
  const heard = () => void (turns = 0)
  server.on('connection', heard)
  while (turns < quietTurns && performance.now() < untilMs) {
    turns += 1
    await new Promise<void>(turn)
  }
  server.off('connection', heard)
}

/**
 * Closes the listener and nothing else. `http.Server.close` would also destroy the connections that
 * have not sent a request yet, and stop the sweeper that enforces `headersTimeout` on the rest.
 */
export function closeListener(server: Server): void {
  NetServer.prototype.close.call(server)
}

/** Says, at most once a second, how many connections came past the limit and were dropped. */
export function tellDropped(server: Server, log: Logger, metrics: Metrics): void {
  const total = metrics.counter('mooring_dropped_connections_total', 'Connections past the limit.')
  let dropped = 0
  server.on('drop', () => {
    total.add()
    dropped += 1
    if (dropped > 1) return
    const tell = () => {
      log.warn('connections were dropped', { dropped, maxConnections: server.maxConnections })
      dropped = 0
    }
    setTimeout(tell, 1_000).unref()
  })
}
