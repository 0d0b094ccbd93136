import { Hono } from 'hono'
import { expect, test } from 'vitest'
import { upgradeWebSocket, type WebSocketOptions } from '../index.ts'
import { testApp } from '../testing/index.ts'

test.each([
  ['protocols', { protocols: ['two words'] }],
  ['maxMessageBytes', { maxMessageBytes: 0 }],
  ['maxMessageBytes', { maxMessageBytes: 32 * 1024 ** 2 + 1 }],
  ['maxMessageBytes', { maxMessageBytes: 1.5 }],
  ['maxBufferedBytes', { maxBufferedBytes: -1 }],
] satisfies [string, WebSocketOptions][])(
  '%s is checked when the route is made',
  (name, options) => {
    expect(() => upgradeWebSocket(() => ({}), options)).toThrow(
      expect.objectContaining({
        code: 'MOORING_E_WEBSOCKET',
        message: expect.stringContaining(`${name} of upgradeWebSocket is `),
      }),
    )
  },
)

test.each(['', 'x'.repeat(101), undefined])('a declared state needs a name: %j', (name) => {
  expect(() => upgradeWebSocket({ name: name!, state: () => 1 })).toThrow(
    expect.objectContaining({ code: 'MOORING_E_WEBSOCKET' }),
  )
})

test('an adapter that has no WebSockets says so', async () => {
  const routes = new Hono().get(
    '/ws',
    upgradeWebSocket(() => ({})),
  )
  let thrown: unknown
  routes.onError((error, c) => {
    thrown = error
    return c.text('failed', 500)
  })
  const app = await testApp(routes)
  expect((await app.request('/ws')).status).toBe(500)
  expect(thrown).toMatchObject({ code: 'MOORING_E_UNSUPPORTED' })
})
