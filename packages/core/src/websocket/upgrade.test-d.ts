import { Hono } from 'hono'
import { hc } from 'hono/client'
import type { WSEvents } from 'hono/ws'
import { expectTypeOf, test } from 'vitest'
import { stateful, upgradeWebSocket } from '../index.ts'

test('a message is text or an ArrayBuffer, and Hono’s client knows the route', () => {
  const app = new Hono().get(
    '/ws',
    upgradeWebSocket(() => ({
      onMessage: async ({ data }, ws) => {
        expectTypeOf(data).toEqualTypeOf<string | ArrayBuffer>()
        expectTypeOf(ws.bufferedAmount).toEqualTypeOf<number>()
        ws.send(data)
      },
      onClose: ({ code }) => {
        expectTypeOf(code).toEqualTypeOf<number>()
      },
    })),
  )
  expectTypeOf(hc<typeof app>('http://localhost').ws.$ws).returns.toEqualTypeOf<WebSocket>()
})

test('handlers that were written for Hono’s own upgradeWebSocket fit', () => {
  const events: WSEvents = { onMessage: ({ data }, ws) => ws.send(String(data)) }
  upgradeWebSocket(() => events)
})

test('a declared state is what its handlers have', () => {
  upgradeWebSocket(
    stateful({
      name: 'count',
      state: (c) => ({ from: c.req.url, count: 0 }),
      onMessage: (_event, ws) => {
        expectTypeOf(ws.state).toEqualTypeOf<{ from: string; count: number }>()
        // @ts-expect-error: it stays what it was declared as.
        ws.state = { count: 'many' }
      },
    }),
  )
})
