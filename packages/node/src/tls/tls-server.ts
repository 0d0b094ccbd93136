import type { Server } from 'node:http'
import type { Socket } from 'node:net'
import { createServer, type Server as SecureServer, type TLSSocket } from 'node:tls'
import type { Logger } from '@mooring/core'
import { type Connections, newConnectionGraceMs, type Speaker } from '../connections.ts'
import { reset } from '../exchange.ts'
import { createHttp2 } from '../http2/http2.ts'
import type { Http2Parts } from '../http2/http2-session.ts'
import { type Certificate, readCertificate } from './tls-certificate.ts'
import { followCertificate } from './tls-reload.ts'
import type { TlsFiles } from './tls.ts'

export interface TlsParts extends Http2Parts {
  /** Asked once there is a connection. */
  readonly connections: () => Connections
}

/** TLS for a server. */
export interface Tls {
  readonly facts: Certificate['facts']
  /**
   * Puts TLS between the sockets that `server` accepts and the HTTP/1 that it speaks. Who asks for
   * HTTP/2 gets that, and its requests come out of the same `server`. To be called before anybody
   * else listens for connections.
   */
  readonly layUnder: (server: Server, parts: TlsParts) => void
}

/** Reads what is to be served. @throws MOORING_E_TLS */
export function prepareTls(files: TlsFiles): Tls {
  const certificate = readCertificate(files)
  return {
    facts: certificate.facts,
    layUnder: (server, parts) => layUnder(server, parts, files, certificate),
  }
}

function layUnder(
  server: Server,
  parts: TlsParts,
  files: TlsFiles,
  certificate: Certificate,
): void {
  const { connections, limits, log } = parts
  const http2 = createHttp2(server, parts)
  const secure = createServer({
    ...certificate.context,
    ALPNProtocols: ['h2', 'http/1.1'],
    // A slow handshake is a slow head.
    handshakeTimeout: limits.headersTimeoutMs,
  })
  // Node's own listener, which takes any socket for one that speaks HTTP/1.
  const serveHttp1 = server.listeners('connection')[0] as (socket: Socket) => void
  server.off('connection', serveHttp1)

  /** Connections whose handshake is over. */
  const done = new WeakSet<Socket>()
  server.on('connection', (socket: Socket) => {
    connections().handOver(
      socket,
      handshakeOn(socket, () => done.has(socket)),
    )
    // An HTTP server's sockets stay half open, and a session of HTTP/2 would never see its end.
    socket.allowHalfOpen = false
    secure.emit('connection', socket)
  })
  secure.on('secureConnection', (socket) => {
    const under = (socket as TLSSocket & { _parent: Socket })._parent
    done.add(under)
    if (socket.alpnProtocol === 'h2') {
      connections().replace(under, socket, http2(socket))
    } else {
      connections().replace(under, socket)
      serveHttp1.call(server, socket)
    }
  })
  endFailedHandshakes(secure, log)
  followCertificate(files, certificate, ({ context }) => secure.setSecureContext(context), log)
}

/** A connection on which nothing can have been asked yet. */
function handshakeOn(socket: Socket, isOver: () => boolean): Speaker {
  const giveUp = () => void (isOver() || socket.destroy())
  return {
    exchanges: () => [],
    announceEnd() {},
    end: () => void setTimeout(giveUp, newConnectionGraceMs).unref(),
    destroy: () => reset(socket),
  }
}

/** Scanners fail in every way all day: nobody is to be woken by them, and nothing may end by them. */
function endFailedHandshakes(secure: SecureServer, log: Logger): void {
  secure.on('tlsClientError', (error: Error & { code?: string; reason?: string }, socket) => {
    const { code, message, reason = message } = error
    log.debug('a TLS handshake failed', { code, reason })
    // After a time-out nobody else does.
    socket.destroy()
  })
}
