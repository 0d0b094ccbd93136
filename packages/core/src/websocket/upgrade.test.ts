import { Hono } from 'hono'
import { expect, test } from 'vitest'
import { adopt, createMemoryTopic } from '../adapter/index.ts'
import { defineApp, stateful, upgradeWebSocket, type WebSocketOptions } from '../index.ts'
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

test('a declared state that nobody has made stateful is a mistake', () => {
  const state = { name: 'bare', state: () => 1 } as unknown as ReturnType<typeof stateful>
  expect(() => upgradeWebSocket(state)).toThrow(
    expect.objectContaining({ why: expect.stringContaining('stateful({ name, state, … })') }),
  )
})

test.each(['', 'x'.repeat(101), undefined])('a declared state needs a name: %j', (name) => {
  expect(() => upgradeWebSocket(stateful({ name: name!, state: () => 1 }))).toThrow(
    expect.objectContaining({ code: 'MOORING_E_WEBSOCKET' }),
  )
})

test('a topic needs a handler of its events; without one that is attached it is as none', () => {
  const state = () => 1
  const message = 'The sockets of "deaf" have a topic, and no onTopicEvent.'
  expect(() =>
    upgradeWebSocket(stateful({ name: 'deaf', state, topic: createMemoryTopic() })),
  ).toThrow(expect.objectContaining({ code: 'MOORING_E_WEBSOCKET', message }))
  upgradeWebSocket(stateful({ name: 'optional', state, topic: undefined, onTopicEvent: () => {} }))
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

const chat = () => upgradeWebSocket(stateful({ name: 'chat', state: () => null }))

test('two routes of an app cannot have one name; two setups of an app can', async () => {
  const twice = defineApp({
    name: 'a',
    setup: () => new Hono().get('/a', chat()).get('/b', chat()),
  })
  await expect(testApp(twice)).rejects.toMatchObject({
    code: 'MOORING_E_WEBSOCKET',
    message: 'Two routes name their WebSockets "chat".',
  })
  const once = defineApp({ name: 'a', setup: () => new Hono().get('/a', chat()) })
  await testApp(once)
  await testApp(once)
})

test('outside of a setup, a name that two routes have fails where sockets are kept by it', async () => {
  const executionCtx = { waitUntil: () => {}, passThroughOnException: () => {}, props: {} }
  adopt(executionCtx, {
    name: 'test',
    write: () => {},
    drainSignal: new AbortController().signal,
    clientAddress: () => undefined,
    webSockets: { hasObjects: true, accept: () => new Response('not here') },
  })
  const codes: unknown[] = []
  const routes = new Hono().get('/a', chat()).get('/b', chat())
  routes.onError((error, c) => {
    codes.push((error as { code?: unknown }).code)
    return c.body(null, 500)
  })
  for (const path of ['/a', '/b']) {
    const request = new Request(`http://localhost${path}`, { headers: { Upgrade: 'websocket' } })
    await routes.fetch(request, {}, executionCtx)
  }
  // The second is the one that is found again; it lacks nothing but the objects.
  expect(codes).toEqual(['MOORING_E_WEBSOCKET', 'MOORING_E_CONFIG'])
})
