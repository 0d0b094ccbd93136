import { once } from 'node:events'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { defineApp, service } from '@mooring/core'
import { adopt } from '@mooring/core/adapter'
import { Hono } from 'hono'
import { afterEach, expect, test } from 'vitest'
import { findByUrl } from '../../port-bound/src/environment.ts'

const servers: Server[] = []
afterEach(() => {
  for (const server of servers.splice(0)) server.close().closeAllConnections()
})

/** A backing service that speaks HTTP on a port of its own. */
async function backing(answer: (incoming: IncomingMessage, outgoing: ServerResponse) => void) {
  const server = createServer(answer).listen(0, '127.0.0.1')
  servers.push(server)
  await once(server, 'listening')
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}

const adapter = {
  name: 'test',
  write: () => {},
  drainSignal: new AbortController().signal,
  clientAddress: () => undefined,
}
const executionCtx = { waitUntil() {}, passThroughOnException() {}, props: {} }
adopt(executionCtx, adapter)

/** An app that hands each request on to the service `other`. */
async function boot(OTHER_URL: string | undefined, timeoutMs = 5_000) {
  let thrown: unknown
  const app = defineApp({
    name: 'asking',
    resources: { other: service({ timeoutMs }) },
    setup: ({ resources: { other } }) =>
      new Hono()
        .all('*', (c) => other.fetch(c, c.req.raw.url, { method: c.req.method }))
        .onError((error, c) => {
          thrown = error
          return c.text('failed', 502)
        }),
  })
  const env = { OTHER_URL }
  const { handler } = await app.boot({ adapter, env, find: findByUrl(env, false) })
  const request = async (path: string, init?: RequestInit) =>
    handler.fetch(new Request(`http://localhost${path}`, init), env, executionCtx)
  return { request, thrown: () => thrown }
}

test('path and query go below the URL; id and trace context go along', async () => {
  const url = await backing(({ url: asked, headers }, outgoing) => {
    outgoing.end(
      JSON.stringify([asked, headers['x-request-id'], headers['traceparent'], headers['cookie']]),
    )
  })
  const { request } = await boot(`${url}/v1/`)
  const traceparent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01'
  const headers = { 'x-request-id': 'id-7', traceparent, cookie: 'session=1' }
  const response = await request('/title?url=a%20b', { headers })
  expect(await response.json()).toEqual(['/v1/title?url=a%20b', 'id-7', traceparent, null])
})

test('no answer in time is an error that names resource, variable and binding', async () => {
  const { request, thrown } = await boot(await backing(() => {}), 100)
  expect((await request('/')).status).toBe(502)
  expect(thrown()).toMatchObject({
    code: 'MOORING_E_SERVICE_TIMEOUT',
    message: expect.stringMatching(
      /"other" \(OTHER_URL port-bound, binding OTHER injected\).*100 ms/,
    ),
  })
})

test('collecting garbage meanwhile does not lose the time-out', async () => {
  setFlagsFromString('--expose-gc')
  const collecting = setInterval(runInNewContext('gc') as () => void, 20)
  const { request, thrown } = await boot(await backing(() => {}), 200)
  expect((await request('/')).status).toBe(502)
  clearInterval(collecting)
  expect(thrown()).toHaveProperty('code', 'MOORING_E_SERVICE_TIMEOUT')
})

test('a refused connection is an error that names them and the address', async () => {
  const url = await backing(() => {})
  await new Promise((resolve) => servers[0]!.close(resolve))
  const { request, thrown } = await boot(url)
  expect((await request('/')).status).toBe(502)
  expect(thrown()).toMatchObject({
    code: 'MOORING_E_SERVICE_UNREACHABLE',
    message: expect.stringContaining(
      `The service resource "other" (OTHER_URL port-bound, binding OTHER injected) cannot be reached at 127.0.0.1:`,
    ),
  })
})

test('the abort of a request is passed on', async () => {
  let closed: Promise<unknown> | undefined
  const asked = Promise.withResolvers<void>()
  const { request, thrown } = await boot(
    await backing((incoming) => {
      closed = once(incoming.socket, 'close')
      asked.resolve()
    }),
  )
  const abort = new AbortController()
  const answer = request('/', { signal: abort.signal })
  await asked.promise
  abort.abort(new Error('gone'))
  await answer
  await closed
  expect(thrown()).toMatchObject({ message: 'gone' })
})

test.each([
  ['ftp://host/', /"other" .* needs an http:\/\/ or https:\/\/ URL/],
  ['nonsense', /"other" .* needs the http:\/\/ or https:\/\/ URL/],
  [
    undefined,
    /OTHER_URL \(not set\): The service resource "other" .*binding OTHER injected\) is not/,
  ],
])('OTHER_URL=%s stops the start', async (url, why) => {
  const error = await boot(url).catch((thrown: unknown) => thrown)
  expect(error).toMatchObject({ code: 'MOORING_E_CONFIG', why: expect.stringMatching(why) })
})
