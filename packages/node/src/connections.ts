import type { Server, ServerResponse } from 'node:http'
import { Server as NetServer, type Socket } from 'node:net'
import type { Logger } from '@mooring/core'

/** How long a connection that has not sent a whole request yet may take once draining began. */
const newConnectionGraceMs = 1_000

/** How long a peer may take to answer our FIN before its socket is destroyed. */
const finGraceMs = 500

/** A request that is not answered yet. */
export interface OpenRequest {
  readonly method: string
  /** Without its query, which may hold what no log should. */
  readonly path: string
  readonly ageMs: number
  readonly waitingFor: 'the head' | 'the end of the body'
}

/** The open connections of a server, and what each of them is doing. */
export interface Connections {
  readonly count: () => number
  /** Connections whose request is being answered. */
  readonly busy: () => number
  /** Those whose request is being answered, with the response. */
  readonly responses: () => readonly (readonly [Socket, ServerResponse])[]
  /** Ends each connection as soon as it has nothing to lose; resolves when none is left. */
  readonly drain: () => Promise<void>
  /** Resets what is left, so that a client sees the truncation. */
  readonly destroy: () => void
}

export function trackConnections(server: Server): Connections {
  const sockets = new Set<Socket>()
  server.on('connection', (socket: Socket) => {
    sockets.add(socket)
    socket.once('close', () => sockets.delete(socket))
  })

  const responses = () =>
    [...sockets].flatMap((socket) => {
      const response = responseOn(socket)
      return response ? [[socket, response] as const] : []
    })

  return {
    count: () => sockets.size,
    busy: () => responses().length,
    responses,
    async drain() {
      const startedMs = performance.now()
      const ending = new WeakSet<Socket>()
      while (sockets.size > 0) {
        const graceIsOver = performance.now() - startedMs >= newConnectionGraceMs
        for (const socket of sockets) {
          if (responseOn(socket) || ending.has(socket)) continue
          const isIdle = socket.bytesWritten > 0
          if (!isIdle && !graceIsOver) continue
          ending.add(socket)
          end(socket)
        }
        await new Promise((resolve) => setTimeout(resolve, 20))
      }
    },
    destroy: () => sockets.forEach((socket) => socket.resetAndDestroy()),
  }
}

type Response = ServerResponse & { readonly startedAtMs?: number }

/** Node keeps the response being written on its socket; there is no public name for it. */
function responseOn(socket: Socket): Response | null | undefined {
  return (socket as Socket & { _httpMessage?: Response | null })._httpMessage
}

/** A request that is not answered yet, for a log line. */
export function describeRequest({ req, headersSent, startedAtMs }: Response): OpenRequest {
  return {
    method: req.method ?? '',
    path: (req.url ?? '').split('?', 1)[0]!,
    ageMs: Math.round(performance.now() - (startedAtMs ?? performance.now())),
    waitingFor: headersSent ? 'the end of the body' : 'the head',
  }
}

function end(socket: Socket): void {
  const sentPartOfARequest = socket.bytesWritten === 0 && socket.bytesRead > 0
  if (sentPartOfARequest) socket.write('HTTP/1.1 408 Request Timeout\r\nConnection: close\r\n\r\n')
  socket.end()
  setTimeout(() => socket.destroy(), finGraceMs).unref()
}

/** How long the accept queue may be waited for, and how many turns of the loop must find nothing. */
const acceptQueueMs = 100
const quietTurns = 5

/**
 * Accepts what the kernel has queued, since closing the listener resets the rest. libuv takes one
 * connection a turn of the loop, so several turns must pass without a new one. The last of them are
 * immediates: then the close comes right after a poll that found nothing.
 */
export async function emptyAcceptQueue(server: Server): Promise<void> {
  await quiet(server, (resolve) => setTimeout(resolve, 1))
  await quiet(server, (resolve) => setImmediate(resolve))
}

/** Waits until `quietTurns` turns pass without a new connection. */
async function quiet(server: Server, turn: (resolve: () => void) => void): Promise<void> {
  const startedMs = performance.now()
  let turns = 0
  const heard = () => void (turns = 0)
  server.on('connection', heard)
  while (turns < quietTurns && performance.now() - startedMs < acceptQueueMs) {
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
export function tellDropped(server: Server, log: Logger): void {
  let dropped = 0
  server.on('drop', () => {
    dropped += 1
    if (dropped > 1) return
    const tell = () => {
      log.warn('connections were dropped', { dropped, maxConnections: server.maxConnections })
      dropped = 0
    }
    setTimeout(tell, 1_000).unref()
  })
}
