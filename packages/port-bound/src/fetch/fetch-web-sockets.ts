import { refusal } from '@mooring/core/adapter'
import type { Logger } from '@mooring/core'
import type { RawWebSocket, WebSocketAdapter } from '@mooring/core/adapter'
import type { Context } from 'hono'
import type { FetchExchange } from './fetch-exchange.ts'

/** What each socket adds to the time over which all are closed, and the most of that time. */
const spreadEachMs = 10
const mostSpreadMs = 3_000

/** How long a client may take to answer our close frame, when the process ends. */
const closeGraceMs = 2_000

/** On the response that stands for the 101. It survives a middleware's copy. */
export const upgradeMark = 'x-mooring-upgrade'

/** A copy of the response that stands for the 101 has this status. */
export const upgradeStatus = 299

export interface FetchWebSockets {
  readonly adapter: WebSocketAdapter
  readonly count: () => number
  /** Closes each with 1012. Resolves when none is left. */
  readonly drain: () => Promise<void>
}

/** @param exchangeOf the exchange of the request that a context belongs to */
export function createFetchWebSockets(
  exchangeOf: (c: Context) => FetchExchange,
  log: Logger,
): FetchWebSockets {
  const live = new Set<RawWebSocket>()
  let isDraining = false

  function track(socket: RawWebSocket): void {
    live.add(socket)
    socket.addEventListener('close', () => live.delete(socket))
    if (isDraining) restart(socket)
  }

  /** 1012 is Service Restart, in IANA's registry of RFC 6455 §7.4.1. */
  function restart(socket: RawWebSocket): void {
    if (socket.readyState === 1) socket.close(1012, 'Service Restart')
    setTimeout(() => {
      socket.terminate?.()
      live.delete(socket)
    }, closeGraceMs)
  }

  return {
    adapter: {
      accept(c, { headers, protocol }, opened) {
        const exchange = exchangeOf(c)
        exchange.upgrade = (answer) => {
          const onOpen = (socket: RawWebSocket) => {
            track(socket)
            opened(socket)
          }
          try {
            return exchange.incoming.upgrade(withoutHandshake(answer), protocol, onOpen)
          } catch {
            return refusal(400, 'Bad Request: not a whole WebSocket handshake')
          }
        }
        headers.set(upgradeMark, '1')
        return new (switchingProtocols())(null, { headers, status: upgradeStatus })
      },
    },
    count: () => live.size,
    async drain() {
      isDraining = true
      const spreadMs = Math.min(live.size * spreadEachMs, mostSpreadMs)
      if (live.size > 0) log.info('closing WebSockets', { count: live.size, overMs: spreadMs })
      // Not all at once, or all their clients would come back at once.
      for (const socket of live) setTimeout(() => restart(socket), Math.random() * spreadMs)
      while (live.size > 0) await new Promise((resolve) => setTimeout(resolve, 20))
    },
  }
}

/** What an app's response may not say of the 101: the runtime does. */
function withoutHandshake(answer: Headers): Headers {
  const headers = new Headers(answer)
  for (const name of [upgradeMark, 'connection', 'upgrade', 'content-length', 'content-type']) {
    headers.delete(name)
  }
  return headers
}

let SwitchingProtocols: typeof Response | undefined

/** The standard lets nobody make a response of status 101: this one says that it is one. */
function switchingProtocols(): typeof Response {
  SwitchingProtocols ??= class extends Response {
    override get status(): number {
      return 101
    }
    // Read when it is copied, which would make a real one of it.
    override get body(): null {
      return null
    }
  }
  return SwitchingProtocols
}
