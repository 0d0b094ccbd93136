import { readFileSync } from 'node:fs'
import type { RequestLimits } from '@mooring/core'
import { readBodyLimit, readCount, readDuration } from '@mooring/port-bound'

/** What a peer may take. Each has its environment variable. */
export interface Limits {
  /** `HEADERS_TIMEOUT`: until a request's head is there. @default 15s */
  readonly headersTimeoutMs: number
  /** `STALL_TIMEOUT`: without a byte of a body, in either direction. @default 60s */
  readonly stallTimeoutMs: number
  /** `RESPONSE_TIMEOUT`: until the head of a response is there; then 503. @default 60s */
  readonly responseTimeoutMs: number
  /** `KEEP_ALIVE_TIMEOUT`: of an idle connection. @default 65s */
  readonly keepAliveTimeoutMs: number
  /** `BODY_LIMIT`: of a request, else 413. @default what the app declares, or 100mb, as on Workers */
  readonly bodyLimitBytes: number
  /** `MAX_CONNECTIONS`: further ones are dropped. @default what the descriptor limit allows */
  readonly maxConnections: number
  /** `WEBSOCKET_PING_INTERVAL`: of a quiet WebSocket; after another it is ended. @default 30s */
  readonly pingIntervalMs: number
  /** `MAX_REQUESTS_PER_CONNECTION`: then the connection is closed. @default 0, without limit */
  readonly maxRequestsPerConnection: number
}

/** Descriptors kept for files, the store, logs and backing services. */
const reservedDescriptors = 64

/**
 * @param declared by the app
 * @throws MOORING_E_SETTING
 */
export function readLimits(env: NodeJS.ProcessEnv, declared?: RequestLimits): Limits {
  return {
    // Slow heads hold a descriptor and little else: less than Node's 60 s is enough for any client.
    headersTimeoutMs: readDuration(env, 'HEADERS_TIMEOUT', 15_000),
    stallTimeoutMs: readDuration(env, 'STALL_TIMEOUT', 60_000),
    responseTimeoutMs: readDuration(env, 'RESPONSE_TIMEOUT', 60_000),
    // It must outlast the proxy in front, which would otherwise send a request into a closing
    // connection: AWS's load balancers keep theirs for 60 s.
    keepAliveTimeoutMs: readDuration(env, 'KEEP_ALIVE_TIMEOUT', 65_000),
    bodyLimitBytes: readBodyLimit(env, declared),
    maxConnections: readCount(env, 'MAX_CONNECTIONS') ?? allowedConnections(),
    // Proxies end a connection that is quiet for 60 s (nginx), and dead peers are known in as long.
    pingIntervalMs: readDuration(env, 'WEBSOCKET_PING_INTERVAL', 30_000),
    maxRequestsPerConnection: readCount(env, 'MAX_REQUESTS_PER_CONNECTION') ?? 0,
  }
}

/** Past the descriptor limit Node would close connections without a word, and files fail to open. */
function allowedConnections(): number {
  const soft = /^Max open files\s+(\d+)/m.exec(readLimitsFile())?.[1]
  return soft === undefined ? Infinity : Math.max(Number(soft) - reservedDescriptors, 16)
}

/** proc(5); other systems have no such file. */
function readLimitsFile(): string {
  try {
    return readFileSync('/proc/self/limits', 'utf8')
  } catch {
    return ''
  }
}
