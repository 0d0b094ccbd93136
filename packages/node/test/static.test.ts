import { mkdir, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { linkOut, writeStaticFolder } from '../../core/test/static/folder.ts'
import { ask, staticSuite } from '../../core/test/static/suite.ts'
import { killAll, launch, type Server, startServer } from './process.ts'

let folder: Awaited<ReturnType<typeof writeStaticFolder>>
let server: Server
const inPublic = (name: string) => path.join(folder.path, 'public', name)

beforeAll(async () => {
  folder = await writeStaticFolder()
  await linkOut(folder.path)
  await writeFile(inPublic('zipped.js'), 'as it is')
  await writeFile(inPublic('zipped.js.br'), 'brotli')
  await writeFile(inPublic('zipped.js.gz'), 'gzip')
  server = await startServer('static.ts', { BASE: `file://${folder.path}/app.js` })
})

afterAll(async () => {
  await killAll()
  await folder.remove()
})

const get = (target: string, headers?: Readonly<Record<string, string>>) =>
  ask(server.port, `GET ${target}`, headers)

describe('static files, from disk', () => {
  staticSuite(() => server.port)
})

test('a link is not followed', async () => {
  expect((await get('/link.txt')).body).toMatch(/^app: GET /)
})

test('HEAD says the length, and 405 what is allowed', async () => {
  expect((await ask(server.port, 'HEAD /digits.txt')).headers.get('content-length')).toBe('10')
  const { status, headers } = await ask(server.port, 'DELETE /digits.txt')
  expect([status, headers.get('allow')]).toEqual([405, 'GET, HEAD'])
})

test.each([
  ['bytes=2-4', '234', 'bytes 2-4/10'],
  ['bytes=7-', '789', 'bytes 7-9/10'],
  ['bytes=-3', '789', 'bytes 7-9/10'],
  ['bytes=-99', '0123456789', 'bytes 0-9/10'],
  ['bytes=8-99', '89', 'bytes 8-9/10'],
  ['Bytes=0-0', '0', 'bytes 0-0/10'],
])('Range: %s is that part', async (range, body, contentRange) => {
  const answer = await get('/digits.txt', { Range: range })
  expect(answer).toMatchObject({ status: 206, body })
  expect(answer.headers.get('content-range')).toBe(contentRange)
  expect(answer.headers.get('content-length')).toBe(String(body.length))
})

test('a range that is not there is 416, also of an empty file', async () => {
  for (const [target, size] of [
    ['/digits.txt', 10],
    ['/empty.txt', 0],
  ]) {
    const { status, headers } = await get(String(target), { Range: 'bytes=10-' })
    expect([status, headers.get('content-range')]).toEqual([416, `bytes */${size}`])
  }
  expect((await get('/digits.txt', { Range: 'bytes=-0' })).status).toBe(416)
})

test('If-Range asks for the part of this version, else all of it', async () => {
  const etag = (await get('/digits.txt')).headers.get('etag')!
  const Range = 'bytes=2-4'
  expect((await get('/digits.txt', { Range, 'If-Range': etag })).status).toBe(206)
  for (const other of ['"x"', `W/${etag}`, new Date().toUTCString()]) {
    expect((await get('/digits.txt', { Range, 'If-Range': other })).status).toBe(200)
  }
})

test('conditions are those of RFC 9110', async () => {
  const etag = (await get('/digits.txt')).headers.get('etag')!
  for (const known of [`"x", ${etag}`, `"x",W/${etag}`, '*']) {
    expect((await get('/digits.txt', { 'If-None-Match': known })).status).toBe(304)
  }
  expect((await get('/digits.txt', { 'If-Match': '"x"' })).status).toBe(412)
  expect((await get('/digits.txt', { 'If-Match': `W/${etag}` })).status).toBe(412)
  for (const match of [etag, '*']) {
    expect((await get('/digits.txt', { 'If-Match': match })).status).toBe(200)
  }
})

test.each([
  ['br, gzip', 'brotli', 'br'],
  ['gzip', 'gzip', 'gzip'],
  ['br;q=0, gzip;q=0.5', 'gzip', 'gzip'],
  ['BR', 'brotli', 'br'],
  ['identity', 'as it is', null],
])('for Accept-Encoding: %s the file is %s', async (accepted, body, coding) => {
  const answer = await get('/zipped.js', { 'Accept-Encoding': accepted })
  expect(answer).toMatchObject({ status: 200, body })
  expect(answer.headers.get('content-encoding')).toBe(coding)
  expect(answer.headers.get('vary')).toBe('Accept-Encoding')
  expect(answer.headers.get('content-type')).toBe('text/javascript; charset=utf-8')
  const plain = await get('/zipped.js')
  expect(plain.headers.get('etag') === answer.headers.get('etag')).toBe(coding === null)
})

test.each([
  ['_redirects', '/a /b', 'MOORING_E_STATIC: The static folder has '],
  ['.assetsignore', 'secret', 'MOORING_E_STATIC: The static folder has '],
  ['_headers', 'X-Name: value', '_headers, line 1: "X-Name: value".'],
  ['_headers', '/a\n  broken', '_headers, line 2: "broken".'],
])('%s that cannot be obeyed ends the start', async (name, text, message) => {
  const other = path.join(folder.path, `other-${name}-${text.length}`)
  await mkdir(path.join(other, 'public'), { recursive: true })
  await writeFile(path.join(other, 'public', name), text)
  const program = launch('static.ts', { PORT: '0', BASE: `file://${other}/app.js` })
  expect(await program.exited).toBe(78)
  expect(program.stderr()).toContain(message)
})

test('a folder that is not there stops the start', async () => {
  const program = launch('static.ts', { PORT: '0', BASE: 'file:///no/such/app.js' })
  expect(await program.exited).toBe(78)
  expect(program.stderr()).toContain('MOORING_E_STATIC: The static folder /no/such/public/ cannot')
})
