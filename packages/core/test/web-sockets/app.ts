import {
  type Logger,
  logger,
  stateful,
  upgradeWebSocket,
  type WebSocketContext,
  type WebSocketEvents,
  type WebSocketOptions,
} from '@mooring/core'
import { type Context, Hono, type MiddlewareHandler } from 'hono'

/** What a test asks of the socket, as JSON text; everything else comes back as it is. */
type Command =
  | {
      readonly do: 'close'
      readonly code?: number
      readonly reason?: string
      readonly send?: string
    }
  | { readonly do: 'send' | 'reuse' | 'state' | 'throw' | 'reject' | 'stuck' | 'flood' }
  | { readonly do: 'sleep'; readonly ms: number; readonly name: string }

const sleep = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms))

/** Every test's socket has a name, by which its lines in the log are found. */
interface Socket {
  readonly name?: string | undefined
  readonly greeting?: string | undefined
}

const socketOf = (c: Context): Socket => ({
  name: c.req.query('name'),
  greeting: c.req.query('greeting'),
})

function events({ name, greeting }: Socket, log: Logger): WebSocketEvents {
  const note = (message: string, facts: object) => log.info(message, { name, ...facts })
  return {
    onOpen: (_event, ws) => {
      note('opened', { readyState: ws.readyState })
      if (greeting !== undefined) ws.send(greeting)
    },
    onMessage: ({ data }, ws) => {
      if (typeof data === 'string' && data.startsWith('{')) return obey(JSON.parse(data), ws, note)
      note('message', {
        kind: typeof data === 'string' ? 'text' : data instanceof ArrayBuffer ? 'binary' : 'other',
        bytes: typeof data === 'string' ? data.length : data.byteLength,
      })
      ws.send(data)
    },
    onClose: async ({ type, code, reason, wasClean }, ws) => {
      await sleep(20)
      ws.send('too late')
      note('closed', { type, code, reason, wasClean, readyState: ws.readyState })
    },
    onError: ({ type, message }) => note('failed', { type, hasMessage: message.length > 0 }),
  }
}

async function obey(
  command: Command,
  ws: WebSocketContext,
  note: (message: string, facts: object) => void,
): Promise<void> {
  switch (command.do) {
    case 'close':
      try {
        ws.close(command.code, command.reason)
        ws.send('after the close')
        ws.close(1000)
      } catch (error) {
        ws.send(String((error as { code?: string }).code))
      }
      break
    case 'send':
      ws.send(new Uint8Array([0, 1, 2, 3]).subarray(1, 3))
      try {
        ws.send(5 as never)
      } catch (error) {
        ws.send(String((error as { code?: string }).code))
      }
      break
    case 'reuse': {
      const bytes = new Uint8Array(24 * 1024 ** 2).fill(1)
      ws.send(bytes)
      bytes.fill(2)
      break
    }
    case 'state': {
      const { readyState, protocol, url, bufferedAmount } = ws
      ws.send(JSON.stringify({ readyState, protocol, path: url?.pathname, bufferedAmount }))
      break
    }
    case 'throw':
      throw new Error('thrown on purpose')
    case 'reject':
      await sleep(1)
      throw new Error('rejected on purpose')
    case 'sleep':
      note('begun', { task: command.name })
      await sleep(command.ms)
      note('done', { task: command.name })
      ws.send(command.name)
      break
    case 'stuck':
      await new Promise(() => {})
      break
    case 'flood': {
      const chunk = new Uint8Array(64 * 1024)
      for (let sent = 0; sent < 4096 && ws.readyState === 1; sent++) ws.send(chunk)
      note('flooded', { readyState: ws.readyState })
    }
  }
}

interface Route extends WebSocketOptions {
  /** Runs at the handshake, before there are handlers. */
  readonly before?: () => unknown
  readonly onOpen?: () => unknown
}

const routes = (upgrade: (route?: Route) => MiddlewareHandler): Hono =>
  new Hono()
    .get('/ws', upgrade())
    .post('/ws', (c) => c.text('posted'))
    .get('/protocols', upgrade({ protocols: ['v2', 'v1'] }))
    .get('/small', upgrade({ maxMessageBytes: 1000 }))
    .get('/impatient', upgrade({ maxBufferedBytes: 256 * 1024 }))
    .get(
      '/private',
      async (c, next) => {
        if (c.req.header('authorization') !== 'Bearer secret') return c.text('Who are you?', 401)
        await next()
        const { status } = c.res
        logger(c).info('answered', { name: c.req.query('name'), status })
      },
      upgrade(),
    )
    .get(
      '/headers',
      async (c, next) => {
        c.header('X-Before', 'before')
        c.header('Set-Cookie', 'a=1', { append: true })
        c.header('Set-Cookie', 'b=2', { append: true })
        await next()
        c.header('X-After', 'after')
        c.header('X-After-Too', 'too')
      },
      upgrade(),
    )
    .get(
      '/late',
      async (c, next) => {
        c.header('X-Late', 'late')
        await next()
        logger(c).info('late', { name: c.req.query('name') })
      },
      upgrade({ before: () => sleep(3_000) }),
    )
    .get(
      '/replaced',
      async (c, next) => {
        await next()
        c.res = new Response('something else', { status: 403 })
      },
      upgrade(),
    )
    .get(
      '/no-events',
      upgrade({
        before: () => {
          throw new Error('no events on purpose')
        },
      }),
    )
    .get('/open-fails', upgrade({ onOpen: () => Promise.reject(new Error('opening')) }))
    .get('/plain', (c) => c.text('plain'))

/** The app that every adapter's tests of WebSockets serve. */
export const app: Hono = routes(({ before, onOpen, ...options } = {}) =>
  upgradeWebSocket(async (c) => {
    await before?.()
    return { ...events(socketOf(c), logger(c)), ...(onOpen && { onOpen }) }
  }, options),
)

/** The same, and each socket has nothing but a declared state. */
export function statefulRoutes(log: Logger): Hono {
  let count = 0
  return routes(({ before, onOpen, ...options } = {}) =>
    upgradeWebSocket(
      stateful({
        name: `suite-${(count += 1)}`,
        state: async (c) => {
          await before?.()
          return socketOf(c)
        },
        onOpen: (event, ws) => (onOpen ? onOpen() : events(ws.state, log).onOpen?.(event, ws)),
        onMessage: (event, ws) => events(ws.state, log).onMessage?.(event, ws),
        onClose: (event, ws) => events(ws.state, log).onClose?.(event, ws),
        onError: (event, ws) => events(ws.state, log).onError?.(event, ws),
      }),
      options,
    ),
  )
}
