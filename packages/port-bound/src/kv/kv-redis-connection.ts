import { once } from 'node:events'
import {
  type queueFailed,
  storeFailed,
  type topicFailed,
  type UrlAttachment,
} from '@mooring/core/adapter'

/** One command: its name and its arguments. */
type Command = readonly (string | Buffer)[]

/** A connection that comes back by itself. Every failure is an error that names the store. */
export interface RedisConnection {
  /** @throws MOORING_E_KV_UNREACHABLE, within a bounded time */
  send<Reply>(command: Command): Promise<Reply>
  close(): Promise<void>
}

/** Milliseconds that a connection may take to be made, and a command to be answered. */
const answerLimitMs = 5_000

/**
 * Milliseconds that a command waits for a lost connection to be made again: enough for a restart of
 * Redis to go unnoticed, and little enough that requests do not pile up while there is none.
 */
const reconnectLimitMs = 1_000

/**
 * Connects, so that a wrong URL or password stops the start.
 *
 * @param fail makes the error of the resource that it is for
 * @throws MOORING_E_KV_UNREACHABLE, or what `fail` makes
 */
export async function connectRedis(
  at: UrlAttachment,
  fail: typeof storeFailed | typeof topicFailed | typeof queueFailed = storeFailed,
): Promise<RedisConnection> {
  // Here, so that an app on another store never loads the client.
  const { createClient, ErrorReply } = await import('redis')
  const host = `${at.url.hostname || 'localhost'}:${at.url.port || 6379}`
  let connectedOnce = false
  // Not of the clock: that may be set back.
  let madeAtMs = 0
  let ready: Promise<unknown> | undefined

  const create = () => {
    madeAtMs = performance.now()
    const made = createClient({
      url: at.url.href,
      // What every server and proxy speaks; RESP 3 has nothing that is used here.
      RESP: 2,
      maintNotifications: 'disabled',
      // A command is never kept for later: when it came to be written, its caller had given it up.
      disableOfflineQueue: true,
      // The client's own limit ends when a command is written, not when it is answered.
      commandOptions: { timeout: 0 },
      socket: {
        connectTimeout: answerLimitMs,
        reconnectStrategy: (retries) =>
          connectedOnce && Math.min(50 * 2 ** retries, reconnectLimitMs / 2) + Math.random() * 50,
      },
    })
    // Without a listener the loss of the connection would end the process. The commands report it.
    return made.on('error', () => {})
  }

  function failed(error: unknown): Error {
    const refused = error instanceof ErrorReply
    return fail(at, `${refused ? 'was refused by Redis' : 'cannot be reached'} at ${host}`, {
      why: reasonOf(error),
      fix: refused
        ? `look at the user, password and database in ${at.variable}, and at the state of Redis.`
        : `look whether Redis runs there. rediss: is with TLS and redis: without; a CA of your own goes in NODE_EXTRA_CA_CERTS.`,
      cause: error,
    })
  }

  const connect = async () => {
    if (!/^\/?\d*$/.test(at.url.pathname) || at.url.search !== '' || at.url.hash !== '') {
      throw new Error('after its host, a URL of Redis may have the number of a database, no more')
    }
    const made = create()
    await inTime(made.connect(), answerLimitMs).catch((error: unknown) => {
      made.destroy()
      throw error
    })
    connectedOnce = true
    return made
  }
  let client = await connect().catch((error: unknown) => {
    throw failed(error)
  })

  async function ask<Reply>(used: typeof client, command: Command): Promise<Reply> {
    if (used.isOpen && !used.isReady) {
      ready ??= once(used, 'ready').finally(() => (ready = undefined))
      await inTime(ready, reconnectLimitMs)
    }
    return await inTime(used.sendCommand<Reply>(command), answerLimitMs)
  }

  /** Whether there is another connection than the one that was used, made now or meanwhile. */
  function isReplaced(used: typeof client, afterMs: number): boolean {
    if (used === client && performance.now() - madeAtMs >= afterMs) {
      ready = undefined
      client = create()
      client.connect().catch(() => {})
      used.destroy()
    }
    return used !== client
  }

  return {
    async send<Reply>(command: Command): Promise<Reply> {
      const used = client
      try {
        return await ask<Reply>(used, command).catch((error: unknown) => {
          // It has become a replica, and has written nothing: the name leads to another by now.
          if (!isReadOnly(error) || !isReplaced(used, reconnectLimitMs)) throw error
          return ask<Reply>(client, command)
        })
      } catch (error) {
        // The other side is frozen, or gone without a word: TCP alone would wait for minutes.
        if (error instanceof Overdue) isReplaced(used, answerLimitMs)
        throw failed(error)
      }
    },
    close: () => inTime(client.close(), answerLimitMs).catch(() => client.destroy()),
  }
}

class Overdue extends Error {}

/** Redis 6 says it within the words about the script that was to write. */
function isReadOnly(error: unknown): boolean {
  return error instanceof Error && /\bREADONLY\b/.test(error.message)
}

function inTime<Result>(work: Promise<Result>, limitMs: number): Promise<Result> {
  return new Promise((resolve, reject) => {
    const expire = () => reject(new Overdue(`no answer within ${limitMs} ms`))
    // Only after the I/O that is there: a process that was busy itself may have the answer waiting.
    const timer = setTimeout(() => setImmediate(expire), limitMs)
    void work.then(resolve, reject).finally(() => clearTimeout(timer))
  })
}

/** An AggregateError (one error for each address of a name) has no message of its own. */
function reasonOf(error: unknown): string {
  if (error instanceof AggregateError) return error.errors.map(reasonOf).join(', ')
  return error instanceof Error ? error.message || error.name : String(error)
}
