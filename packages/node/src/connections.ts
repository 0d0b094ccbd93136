import type { Server, ServerResponse } from 'node:http'
import { Server as NetServer, type Socket } from 'node:net'

/** How long a connection that has not sent a whole request yet may take once draining began. */
const newConnectionGraceMs = 1_000

/** How long a peer may take to answer our FIN before its socket is destroyed. */
const finGraceMs = 500

/** A request that is not answered yet. */
export interface Survivor {
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
  /** The requests that are being answered. */
  readonly survivors: () => readonly Survivor[]
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

  return {
    count: () => sockets.size,
    busy: () => [...sockets].filter(responseOn).length,
    survivors: () =>
      [...sockets].flatMap((socket) => {
        const response = responseOn(socket)
        return response ? [describe(response)] : []
      }),
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

function describe({ req, headersSent, startedAtMs }: Response): Survivor {
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

/**
 * Accepts what the kernel has queued. libuv takes one connection a turn of the loop, and closing
 * the listener would reset the rest: so wait until several turns pass without a new one.
 */
export async function emptyAcceptQueue(server: Server): Promise<void> {
  const quietTurns = 5
  let quiet = 0
  const heard = () => void (quiet = 0)
  server.on('connection', heard)
  while (quiet < quietTurns) {
    quiet += 1
    await new Promise((resolve) => setTimeout(resolve, 1))
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
