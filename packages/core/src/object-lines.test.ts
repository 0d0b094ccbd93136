import { Hono } from 'hono'
import { expect, test } from 'vitest'
import { defineApp, topic, stateful, upgradeWebSocket } from './index.ts'

const withTopic = defineApp({
  name: 'a',
  resources: { liveFeed: topic() },
  setup: () => new Hono().get('/', (c) => c.text('hello')),
})
const withState = defineApp({
  name: 'b',
  setup: () => new Hono().get('/', upgradeWebSocket(stateful({ name: 'b', state: () => null }))),
})

test.each([
  ['a topic that is not bound', withTopic, {}, 'LIVE_FEED', 'TopicObject'],
  ['a topic that is bound to a text', withTopic, { LIVE_FEED: 'x' }, 'LIVE_FEED', 'TopicObject'],
  ['a declared state without objects', withState, {}, 'WEB_SOCKETS', 'WebSocketObject'],
  ['a state bound to a text', withState, { WEB_SOCKETS: 'x' }, 'WEB_SOCKETS', 'WebSocketObject'],
] as const)('the lines to add are in the log: %s', async (_what, app, env, binding, className) => {
  const logs: string[] = []
  const injected = app.inject({
    name: 'test',
    write: ({ message }) => void logs.push(message),
    drainSignal: new AbortController().signal,
    clientAddress: () => undefined,
  })
  const response = await injected.fetch(new Request('http://localhost/'), env, {})
  expect(response.status).toBe(500)
  for (const line of [
    `export { ${className} } from '@mooring/cloudflare'`,
    `{ "name": "${binding}", "class_name": "${className}" }`,
    `"new_sqlite_classes": ["${className}"]`,
  ]) {
    expect(logs.join()).toContain(line)
  }
})
