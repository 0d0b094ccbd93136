import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { Duplex } from 'node:stream'
import { setTimeout as delay } from 'node:timers/promises'
import type { Fault } from './fault.ts'
import { faultPage, isNavigation, recoveryPath } from './fault-page.ts'
import { type Backend, createBackend, forward } from './front-forward.ts'
import { asksForWebSocket, tunnel, type Tunnel } from './front-tunnel.ts'

/** Milliseconds for which a request that reached nobody is tried again: a runtime starts anew in less. */
const reachWithinMs = 5_000

/**
 * What holds a side's port from the first moment to the last. Requests wait here while the side
 * starts or reloads, so that none is refused; the processes behind it come and go.
 */
export interface Front {
  /** A server for one address; the front answers on each that was made. */
  readonly createServer: () => Server
  /** From now on this port on 127.0.0.1 answers, and requests no longer wait. */
  readonly serveFrom: (port: number) => void
  /** From now on requests wait. */
  readonly hold: () => void
  /** From now on nobody answers: requests wait, or get the fault where there is one. */
  readonly lose: () => void
  /** What browsers are shown while the latest save does not run. */
  readonly setFault: (fault: Fault | undefined) => void
  /** Whether a version answers, be it the latest or not. */
  readonly isServing: () => boolean
  /** Resolves when no request but streams is being answered, or after that many milliseconds. */
  readonly idle: (maxMs: number) => Promise<void>
  /**
   * Ends event streams, and has WebSockets closed with 1012, for a side that is told of no stop.
   * Resolves when they are, or after that many milliseconds.
   */
  readonly endStreams: (maxMs: number) => Promise<void>
  /** Accepts nothing more, and resolves when what there was is answered. */
  readonly close: () => Promise<void>
  /** Ends every connection. */
  readonly destroy: () => void
}

/** @param side what the fault page calls it */
export function createFront(side: string): Front {
  const servers = new Set<Server>()
  const upgrading = new Set<Duplex>()
  const tunnels = new Set<Tunnel>()
  const streams = new Set<() => void>()
  const inFlight = new Set<symbol>()
  const recovering = new Set<ServerResponse>()
  let backend: Backend | undefined
  let fault: Fault | undefined
  let held = true
  let closing = false
  let wake = Promise.withResolvers<void>()

  function changed(): void {
    const woken = wake
    wake = Promise.withResolvers()
    woken.resolve()
  }

  /** Waits until somebody answers; `undefined` where nobody will before the next save. */
  async function available(): Promise<Backend | undefined> {
    while (held || !backend) {
      if (closing || (!backend && fault)) return undefined
      await wake.promise
    }
    return backend
  }

  async function onRequest(incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
    if (incoming.url === recoveryPath) return awaitRecovery(outgoing)
    if (fault && isNavigation(incoming)) return sendFault(incoming, outgoing, fault)
    const giveUpAtMs = performance.now() + reachWithinMs
    let interrupted = false
    for (;;) {
      const to = await available()
      if (outgoing.destroyed) return
      if (!to)
        return fault ? sendFault(incoming, outgoing, fault) : sendText(outgoing, 503, 'Stopping')
      const request = Symbol()
      inFlight.add(request)
      let endStream: (() => void) | undefined
      const outcome = await forward(incoming, outgoing, to, (end) => {
        endStream = end
        if (end) {
          inFlight.delete(request)
          streams.add(end)
        }
        if (closing) outgoing.shouldKeepAlive = false
      }).finally(() => {
        inFlight.delete(request)
        if (endStream) streams.delete(endStream)
        changed()
      })
      if (outcome === 'answered') return
      // Once may be a race with an idle connection's end. Twice is the request's own doing.
      const isOver = outcome === 'broken' || (outcome === 'interrupted' && interrupted)
      interrupted ||= outcome === 'interrupted'
      if (isOver || closing || performance.now() > giveUpAtMs) {
        return sendText(outgoing, 502, `${side} broke off before it answered`)
      }
      // Its end may not have been noticed yet.
      await delay(20)
    }
  }

  async function onUpgrade(incoming: IncomingMessage, socket: Duplex, head: Buffer): Promise<void> {
    upgrading.add(socket)
    socket.on('error', () => socket.destroy())
    const to = await available()
    if (to && !socket.destroyed) {
      const passed = tunnel(incoming, socket, head, to)
      tunnels.add(passed)
      await passed.done
      tunnels.delete(passed)
    } else socket.end('HTTP/1.1 503 Service Unavailable\r\nConnection: close\r\n\r\n')
    upgrading.delete(socket)
  }

  function awaitRecovery(outgoing: ServerResponse): void {
    outgoing.writeHead(200, { 'Content-Type': 'text/event-stream', 'Cache-Control': 'no-store' })
    outgoing.flushHeaders()
    if (!fault) return void outgoing.end(recovered)
    recovering.add(outgoing)
    outgoing.on('close', () => recovering.delete(outgoing))
  }

  function sendFault(incoming: IncomingMessage, outgoing: ServerResponse, what: Fault): void {
    if (!isNavigation(incoming)) return sendText(outgoing, 500, `${what.title}\n\n${what.text}`)
    outgoing.writeHead(500, {
      'Content-Type': 'text/html; charset=utf-8',
      'Cache-Control': 'no-store',
    })
    outgoing.end(incoming.method === 'HEAD' ? undefined : faultPage(side, what))
  }

  return {
    createServer() {
      const listener = (incoming: IncomingMessage, outgoing: ServerResponse) =>
        void onRequest(incoming, outgoing)
      // The limits are for the side behind to set: it is what production meets.
      const limits = { requestTimeout: 0, headersTimeout: 0, maxHeaderSize: 256 * 1024 }
      const server = createServer(
        { ...limits, keepAliveTimeout: 65_000, shouldUpgradeCallback: asksForWebSocket },
        listener,
      )
      server.on('checkContinue', listener)
      server.on('checkExpectation', listener)
      server.on('upgrade', (incoming, socket, head) => void onUpgrade(incoming, socket, head))
      servers.add(server)
      return server
    },
    serveFrom(port) {
      held = false
      if (backend?.port !== port) backend = createBackend(port)
      changed()
    },
    hold() {
      held = true
    },
    lose() {
      backend = undefined
      changed()
    },
    setFault(now) {
      fault = now
      if (!now) for (const outgoing of recovering) outgoing.end(recovered)
      changed()
    },
    isServing: () => backend !== undefined,
    async idle(maxMs) {
      const expired = new AbortController()
      const timer = setTimeout(() => expired.abort(), maxMs)
      const expiry = new Promise<void>((resolve) => {
        expired.signal.addEventListener('abort', () => resolve())
      })
      while (inFlight.size > 0 && !expired.signal.aborted)
        await Promise.race([wake.promise, expiry])
      clearTimeout(timer)
    },
    async endStreams(maxMs) {
      for (const end of streams) end()
      const ended = Array.from(tunnels, (each) => {
        each.close()
        return each.done
      })
      await Promise.race([Promise.all(ended), delay(maxMs, undefined, { ref: false })])
    },
    async close() {
      closing = true
      for (const outgoing of recovering) outgoing.end()
      changed()
      await Promise.all(Array.from(servers, closeServer))
    },
    destroy() {
      for (const server of servers) server.closeAllConnections()
      for (const socket of upgrading) socket.destroy()
    },
  }
}

const recovered = 'event: recovered\ndata:\n\n'

async function closeServer(server: Server): Promise<void> {
  const closed = new Promise<void>((resolve) => server.close(() => resolve()))
  // A connection whose last answer was on its way when the server closed becomes idle later.
  const sweep = setInterval(() => server.closeIdleConnections(), 20)
  await closed
  clearInterval(sweep)
}

function sendText(outgoing: ServerResponse, status: number, text: string): void {
  outgoing.writeHead(status, {
    'Content-Type': 'text/plain; charset=utf-8',
    'Cache-Control': 'no-store',
  })
  outgoing.end(`${text}\n`)
}
