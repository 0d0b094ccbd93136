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
  [
    'a Content-Length twice, unlike',
    'POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\nContent-Length: 4\r\n\r\nabcd',
    400,
  ],
  [
    'a coding whose name only ends in chunked',
    'POST /echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: xchunked\r\n\r\n0\r\n\r\n',
    501,
  ],
  ['lines that end in LF alone', 'GET / HTTP/1.1\nHost: a\n\n', 400],
  ['a field that ends in LF alone', `GET / HTTP/1.1\r\nHost: a\nX: b\r\n${last}`, 400],
  ['a field on two lines', `GET / HTTP/1.1\r\nHost: a\r\nX: b\r\n c\r\n${last}`, 400],
  ['a space before the colon', `GET / HTTP/1.1\r\nHost: a\r\nX : b\r\n${last}`, 400],
  ['a NUL in a field', `GET / HTTP/1.1\r\nHost: a\r\nX: b\0c\r\n${last}`, 400],
  ['a Host with a port past 65535', `GET / HTTP/1.1\r\nHost: a:65536\r\n${last}`, 400],
  ['a Host with two ports', `GET / HTTP/1.1\r\nHost: a:80:80\r\n${last}`, 400],
  ['a Host with a bracket open', `GET / HTTP/1.1\r\nHost: [::1\r\n${last}`, 400],
  ['a Host with no IPv6 in brackets', `GET / HTTP/1.1\r\nHost: [:::]\r\n${last}`, 400],
  ['a Host with a zone', `GET / HTTP/1.1\r\nHost: [fe80::1%25eth0]\r\n${last}`, 400],
  ['an empty Host', `GET / HTTP/1.1\r\nHost: \r\n${last}`, 400],
  ['a Host with a percent sign', `GET / HTTP/1.1\r\nHost: a%zz\r\n${last}`, 400],
  ['a Host that a URL parser reads as 127.0.0.1', `GET / HTTP/1.1\r\nHost: 0x7f.1\r\n${last}`, 400],
  ['a Host that is nearly an IPv4', `GET / HTTP/1.1\r\nHost: 1.2.3.999\r\n${last}`, 400],
  ['a Host longer than a name', `GET / HTTP/1.1\r\nHost: ${'a'.repeat(300)}\r\n${last}`, 400],
  ['a user in the target', `GET http://u@a/ HTTP/1.1\r\nHost: a\r\n${last}`, 400],
  ['a target without a host', `GET http:///x HTTP/1.1\r\nHost: a\r\n${last}`, 400],
  ['a backslash in the path', `GET /a\\b HTTP/1.1\r\nHost: a\r\n${last}`, 400],
  ['* of another method', `GET * HTTP/1.1\r\nHost: a\r\n${last}`, 400],
  ['no version, as HTTP/0.9 had none', 'GET /\r\n\r\n', 505],
  ['version 0.9', 'GET / HTTP/0.9\r\nHost: a\r\n\r\n', 505],
  ['version 2.0 in the syntax of 1.1', 'GET / HTTP/2.0\r\nHost: a\r\n\r\n', 505],
  ['another scheme', `GET ftp://a/ HTTP/1.1\r\nHost: a\r\n${last}`, 400],
  ['no path', `GET path HTTP/1.1\r\nHost: a\r\n${last}`, 400],
])('%s is refused and ends the connection', async (_name, request, status) => {
  const answer = await (await rawConnect(server.port, request)).closed
  expect(answer).toMatch(new RegExp(`^HTTP/1\\.1 ${status} [^]*Connection: close`))
})

test.each([
  ['the same host', 'https://A:80/headers', 'A:80', 'A:80 http://a/headers'],
  ['another host', 'https://b:81/headers', 'a:80', 'b:81 http://b:81/headers'],
  ['a colon, no port', 'http://b:/headers', 'a', 'b http://b/headers'],
])('absolute-form of %s: the Host and the scheme count for nothing', async (...given) => {
  const [, target, host, expected] = given
  const request = `GET ${target} HTTP/1.1\r\nHost: ${host}\r\n${last}`
  const answer = await (await rawConnect(server.port, request)).closed
  expect(answer).toMatch(/^HTTP\/1\.1 200 /)
  expect(answer.split('\r\n\r\n')[1]).toBe(expected)
})

test.each([
  ['HTTP/1.0 without a Host', 'GET /url HTTP/1.0\r\n\r\n', 'http://localhost/url'],
  ['a Host with a colon, no port', `GET /url HTTP/1.1\r\nHost: a:\r\n${last}`, 'http://a/url'],
  ['OPTIONS *', `OPTIONS * HTTP/1.1\r\nHost: a\r\n${last}`, '200 OK\n'],
])('%s is served', async (_name, request, body) => {
  const answer = await (await rawConnect(server.port, request)).closed
  expect(answer).toMatch(/^HTTP\/1\.1 200 /)
  expect(answer.split('\r\n\r\n')[1]).toBe(body)
})

test.each([
  'localhost',
  'LOCALHOST:8080',
  '[::1]:80',
  '127.0.0.1',
  'a.b-c_d',
  'xn--bcher-kva.example',
  'a.example.',
  '[2001:db8::1]',
])('Host: %s is served', async (host) => {
  const answer = await (
    await rawConnect(server.port, `GET / HTTP/1.1\r\nHost: ${host}\r\n${last}`)
  ).closed
  expect(answer).toMatch(/^HTTP\/1\.1 200 /)
})

test('HTTP/1.0 without Host, as a load balancer checks, is served', async () => {
  const answer = await (await rawConnect(server.port, 'GET /url HTTP/1.0\r\n\r\n')).closed
  expect(answer).toMatch(/^HTTP\/1\.1 200 [^]*http:\/\/localhost\/url$/)
  expect(server.events().filter(({ level }) => level === 'error')).toEqual([])
})
