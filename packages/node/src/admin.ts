import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { Logger } from '@mooring/core'
import { metricsContentType } from './metrics/metrics-text.ts'
import type { Probes } from './probes.ts'

/** Enough for every prober there is; the descriptors are for clients. */
const maxConnections = 32

const timeoutMs = 10_000

/**
 * The listener of `ADMIN_PORT`: `/livez`, `/readyz` and `/metrics`. It is no part of draining: it
 * answers until the process exits.
 *
 * @param metrics makes the text of `/metrics`
 */
export function createAdminServer(
  probes: Probes,
  metrics: () => string | Promise<string>,
  log: Logger,
): Server {
  const server = createServer(
    {
      headersTimeout: timeoutMs,
      requestTimeout: timeoutMs,
      keepAliveTimeout: timeoutMs,
      connectionsCheckingInterval: 1_000,
    },
    (incoming, outgoing) => {
      incoming.url = incoming.url?.split('?', 1)[0] ?? ''
      const isRead = incoming.method === 'GET' || incoming.method === 'HEAD'
      if (!isRead) reply(incoming, outgoing, 405, 'GET and HEAD only\n', { Allow: 'GET, HEAD' })
      else if (incoming.url === '/metrics') void answerMetrics(incoming, outgoing)
      else if (!probes.answer(incoming, outgoing)) {
        reply(incoming, outgoing, 404, 'Here are /livez, /readyz and /metrics\n')
      }
    },
  )
  server.maxConnections = maxConnections
  return server

  async function answerMetrics(incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
    try {
      reply(incoming, outgoing, 200, await metrics(), { 'Content-Type': metricsContentType })
    } catch (error) {
      log.error('the metrics could not be read', { error })
      reply(incoming, outgoing, 500, 'Internal Server Error\n')
    }
  }
}

function reply(
  { method }: IncomingMessage,
  outgoing: ServerResponse,
  status: number,
  body: string,
  headers: Readonly<Record<string, string>> = {},
): void {
  outgoing.writeHead(status, {
    'Content-Type': 'text/plain; charset=utf-8',
    'Content-Length': Buffer.byteLength(body),
    'Cache-Control': 'no-store',
    ...headers,
  })
  outgoing.end(method === 'HEAD' ? undefined : body)
}
