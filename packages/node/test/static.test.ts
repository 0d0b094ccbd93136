import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { killAll, launch, rawConnect, type Server, startServer } from './process.ts'

let folder: string
let server: Server

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'static-'))
  await mkdir(path.join(folder, 'public/docs'), { recursive: true })
  await writeFile(path.join(folder, 'public/index.html'), '<h1>home</h1>')
  await writeFile(path.join(folder, 'public/docs/index.html'), '<h1>docs</h1>')
  await writeFile(path.join(folder, 'public/a b.css'), 'a{}')
  await writeFile(path.join(folder, 'secret.txt'), 'secret')
  await symlink(path.join(folder, 'secret.txt'), path.join(folder, 'public/link.txt'))
  server = await startServer('static.ts', { BASE: `file://${folder}/app.js` })
})

afterAll(async () => {
  await killAll()
  await rm(folder, { recursive: true })
})

const get = (route: string, init?: RequestInit) =>
  fetch(server.url + route, { redirect: 'manual', ...init })

test('files come before the app, with type, length and validator', async () => {
  const response = await get('/')
  expect(await response.text()).toBe('<h1>home</h1>')
  expect(Object.fromEntries(response.headers)).toMatchObject({
    'content-type': 'text/html; charset=utf-8',
    'content-length': '13',
    'cache-control': 'public, max-age=0, must-revalidate',
    etag: expect.stringMatching(/^"[\da-f]+-[\da-f]+"$/),
  })
  expect(await (await get('/a%20b.css')).text()).toBe('a{}')
  expect(await (await get('/docs/')).text()).toBe('<h1>docs</h1>')
})

test('index.html is redirected to its folder', async () => {
  const response = await get('/docs/index.html?a=1')
  expect([response.status, response.headers.get('location')]).toEqual([307, '/docs/?a=1'])
})

test('a known ETag is answered 304, HEAD without a body', async () => {
  const etag = (await get('/')).headers.get('etag')!
  for (const known of [etag, `W/${etag}`, `"x", ${etag}`, '*']) {
    expect((await get('/', { headers: { 'if-none-match': known } })).status).toBe(304)
  }
  expect((await get('/', { headers: { 'if-none-match': '"other"' } })).status).toBe(200)
  const head = await get('/', { method: 'HEAD' })
  expect([head.headers.get('content-length'), await head.text()]).toEqual(['13', ''])
})

test('what is no file is for the app, and so is every other method', async () => {
  expect(await (await get('/other')).text()).toBe('app: /other')
  expect(await (await get('/', { method: 'POST' })).text()).toBe('app: /')
})

test.each([
  '/../secret.txt',
  '/%2e%2e/secret.txt',
  '/..%2fsecret.txt',
  '/docs/..%5c..%5csecret.txt',
  '//secret.txt',
  '/link.txt',
  '/%00',
  '/%E0%A4%A',
])('%s does not lead out of the folder', async (route) => {
  const head = `GET ${route} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n`
  const answer = await (await rawConnect(server.port, head)).closed
  expect(answer).toMatch(/^HTTP\/1\.1 (200|400)/)
  expect(answer).not.toMatch(/\r\nsecret/)
})

test('a folder that is not there stops the start', async () => {
  const program = launch('static.ts', { PORT: '0', BASE: 'file:///no/such/app.js' })
  expect(await program.exited).toBe(78)
  expect(program.stderr()).toContain('MOORING_E_STATIC: The static folder /no/such/public/ cannot')
})
