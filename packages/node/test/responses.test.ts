import { afterAll, beforeAll, expect, test } from 'vitest'
import { killAll, rawConnect, type Server, startServer } from './process.ts'

// What of a Response differs between the versions of Node, and all that hangs on the light Response
// of @hono/node-server. What Workers do is held against it in packages/parity.

let server: Server
beforeAll(async () => {
  server = await startServer('responses.ts')
})
afterAll(killAll)

const get = (path: string) => fetch(server.url + path)

async function raw(path: string): Promise<string> {
  const head = `GET ${path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n`
  return (await rawConnect(server.port, head)).closed
}

test.each([
  ['text', 'text/plain;charset=UTF-8', '4'],
  ['bytes', null, '1'],
  ['buffer', null, '1'],
  ['blob', 'application/x-probe', '2'],
  ['stream', null, null],
  ['none', null, '0'],
])('a body of %s has the type %s and the length %s', async (kind, type, length) => {
  const { headers } = await get(`/body/${kind}`)
  expect([headers.get('content-type'), headers.get('content-length')]).toEqual([type, length])
})

test.each([
  ['text', 'text/plain;charset=UTF-8'],
  ['bytes', null],
  ['blob', 'application/x-probe'],
])('a copy of a response of %s keeps the type %s', async (kind, type) => {
  expect((await get(`/after/${kind}`)).headers.get('content-type')).toBe(type)
})

test.each([
  ['/status/0', 'RangeError'],
  ['/status/199', 'RangeError'],
  ['/status/600', 'RangeError'],
  ['/status/204/text', 'TypeError'],
  ['/status/304/text', 'TypeError'],
  ['/header/X-A/a%0D%0Ab', 'TypeError'],
  ['/header/X-A/%F0%9F%98%80', 'TypeError'],
  ['/header/X%20A/a', 'TypeError'],
])('%s is a %s that onError gets', async (path, name) => {
  const response = await get(path)
  expect([response.status, await response.text()]).toEqual([500, `caught ${name}`])
})

test('what is beyond ASCII goes out in UTF-8, and fields of the connection do not', async () => {
  expect(await raw('/header/X-A/%C3%A9')).toMatch(/\r\nx-a: é\r\n/i)
  expect(await raw('/header/Transfer-Encoding/gzip')).not.toContain('gzip')
  expect(await raw('/header/Content-Length/99')).toMatch(/\r\nContent-Length: 4\r\n/i)
})

test('what cannot be sent is a bare 500', async () => {
  for (const path of ['/error', '/read']) {
    const response = await get(path)
    expect([response.status, await response.text()]).toEqual([500, 'Internal Server Error'])
  }
})

test('every response is a Response', async () => {
  expect(await (await get('/is')).json()).toEqual([true, true, true])
})
