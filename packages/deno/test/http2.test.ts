import { once } from 'node:events'
import { type ClientHttp2Session, connect, type OutgoingHttpHeaders } from 'node:http2'
import { text } from 'node:stream/consumers'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { killAll } from '../../node/test/process.ts'
import { type Running, start } from '../../port-bound/test/launch.ts'

// What no switch of Deno's keeps out: HTTP/2 without TLS.
let server: Running
let session: ClientHttp2Session

beforeAll(async () => {
  server = await start('deno', 'app.ts', {
    ALLOWED_HOSTS: 'a.example,localhost',
    BODY_LIMIT: '1kb',
    RESPONSE_TIMEOUT: '500ms',
  })
  session = connect(server.url)
  await once(session, 'remoteSettings')
})
afterAll(async () => {
  session.destroy()
  await killAll()
})

async function ask(headers: OutgoingHttpHeaders, chunks?: readonly string[]): Promise<unknown[]> {
  const stream = session.request(headers, { endStream: chunks === undefined })
  for (const chunk of chunks ?? []) stream.write(chunk)
  if (chunks) stream.end()
  const [{ ':status': status }] = (await once(stream, 'response')) as [Record<string, unknown>]
  return [status, await text(stream)]
}

test('the authority is the Host, and is held against ALLOWED_HOSTS', async () => {
  const told = [200, 'a.example http://a.example/url /url']
  expect(await ask({ ':path': '/url', ':authority': 'a.example' })).toEqual(told)
  expect(await ask({ ':path': '/url', ':authority': 'A.example', host: 'localhost' })).toEqual(told)
  expect(await ask({ ':path': '/x/../url', ':authority': 'a.example:80' })).toEqual(told)
  const [other] = await ask({ ':path': '/url', ':authority': 'b.example' })
  expect(other).toBe(421)
  const [hidden] = await ask({ ':path': '/url', ':authority': 'b.example', host: 'a.example' })
  expect(hidden).toBe(421)
})

test('a body without a length is there, and has its limit', async () => {
  const to = { ':method': 'POST', ':path': '/echo', ':authority': 'a.example' }
  expect(await ask(to)).toEqual([200, ''])
  expect(await ask(to, ['one', ' and ', 'two'])).toEqual([200, 'one and two'])
  expect((await ask(to, ['x'.repeat(1025)]))[0]).toBe(413)
})

test('a body that does not begin to come has the time of an answer, and reaches no handler', async () => {
  const to = { ':method': 'POST', ':path': '/begun', ':authority': 'a.example' }
  const stream = session.request(to, { endStream: false })
  const [{ ':status': status }] = (await once(stream, 'response')) as [Record<string, unknown>]
  expect(status).toBe(503)
  stream.close()
})
