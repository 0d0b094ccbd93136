import { afterAll, beforeAll, expect, test } from 'vitest'
import { killAll, rawConnect, type Server, startServer } from './process.ts'

let server: Server
beforeAll(async () => {
  server = await startServer('app.ts')
})
afterAll(killAll)

const last = 'Connection: close\r\n\r\n'

test.each([
  ['two Host', 'GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n', 400],
  ['two equal Host', 'GET / HTTP/1.1\r\nHost: a\r\nhost: a\r\n\r\n', 400],
  ['no Host', 'GET / HTTP/1.1\r\n\r\n', 400],
  ['a Host that is none', 'GET / HTTP/1.1\r\nHost: a/b?c@d\r\n\r\n', 400],
  ['a Host with a user', 'GET / HTTP/1.1\r\nHost: u@a\r\n\r\n', 400],
  ['a Host with a space', 'GET / HTTP/1.1\r\nHost: a b\r\n\r\n', 400],
  [
    'Transfer-Encoding in HTTP/1.0',
    'POST /echo HTTP/1.0\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n',
    400,
  ],
  [
    'gzip, chunked',
    'POST /echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n',
    501,
  ],
  [
    'Content-Length beside Transfer-Encoding',
    'POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n',
    400,
  ],
  ['another authority', `GET http://evil/ HTTP/1.1\r\nHost: a\r\n${last}`, 400],
  ['another scheme', `GET ftp://a/ HTTP/1.1\r\nHost: a\r\n${last}`, 400],
  ['no path', `GET path HTTP/1.1\r\nHost: a\r\n${last}`, 400],
])('%s is refused and ends the connection', async (_name, request, status) => {
  const answer = await (await rawConnect(server.port, request)).closed
  expect(answer).toMatch(new RegExp(`^HTTP/1\\.1 ${status} [^]*Connection: close`))
})

test('absolute-form of the same host is served, and its scheme counts for nothing', async () => {
  const request = `GET https://a:80/url HTTP/1.1\r\nHost: A:80\r\n${last}`
  const answer = await (await rawConnect(server.port, request)).closed
  expect(answer).toMatch(/^HTTP\/1\.1 200 /)
  expect(answer).toMatch(/\r\n\r\nhttp:\/\/a(:80)?\/url$/i)
})

test.each([
  'localhost',
  'LOCALHOST:8080',
  '[::1]:80',
  '127.0.0.1',
  'a.b-c_d',
  'xn--bcher-kva.example',
])('Host: %s is served', async (host) => {
  const answer = await (
    await rawConnect(server.port, `GET / HTTP/1.1\r\nHost: ${host}\r\n${last}`)
  ).closed
  expect(answer).toMatch(/^HTTP\/1\.1 200 /)
})
