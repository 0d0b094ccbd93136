import { execFileSync } from 'node:child_process'
import {
  copyFileSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import path from 'node:path'
import { afterAll, afterEach, expect, test } from 'vitest'
import { certificateFolder, type Pair } from './certificates.ts'
import { ask, closeSessions, openSession, secureConnect } from './http2-client.ts'
import { killAll, type Server, startServer } from './process.ts'

const { folder, make, remove } = certificateFolder()
const first = make('first')
const second = make('second')

afterEach(async () => {
  closeSessions()
  await killAll()
})
afterAll(remove)

/** The subject that a new handshake gets. */
async function served(server: Server): Promise<string> {
  const socket = await secureConnect(server.port)
  const { subject } = socket.getPeerX509Certificate()!
  socket.destroy()
  return subject
}

/** Files of their own for one test. */
function copyOf(pair: Pair, name: string): Pair {
  const copy = { cert: path.join(folder, `${name}.crt`), key: path.join(folder, `${name}.key`) }
  copyFileSync(pair.cert, copy.cert)
  copyFileSync(pair.key, copy.key)
  return copy
}

const start = ({ cert, key }: Pair) => startServer('app.ts', { TLS_CERT: cert, TLS_KEY: key })

test('a pair written in place is served to new handshakes, and no connection is dropped', async () => {
  const live = copyOf(first, 'in-place')
  const server = await start(live)
  const session = await openSession(server.port)
  const http1 = await secureConnect(server.port, 'http/1.1')
  let received = ''
  http1.setEncoding('utf8').on('data', (chunk: string) => void (received += chunk))
  const slow = ask(session, '/slow/3000')
  expect(await served(server)).toBe('CN=first')

  copyFileSync(second.cert, live.cert)
  // The key comes later: until then the pair is none, and the old one goes on.
  await new Promise((resolve) => setTimeout(resolve, 300))
  expect(await served(server)).toBe('CN=first')
  copyFileSync(second.key, live.key)
  expect(await server.event('the certificate was replaced')).toMatchObject({
    subject: 'CN=second',
    expires: expect.stringMatching(/^20\d\d-.*Z$/),
  })
  expect(await served(server)).toBe('CN=second')

  expect(await slow).toMatchObject({ status: 200, body: 'slow', code: 0 })
  expect(await ask(session, '/')).toMatchObject({ status: 200, body: 'hello' })
  http1.write('GET / HTTP/1.1\r\nHost: localhost\r\n\r\n')
  await expect.poll(() => received).toMatch(/^HTTP\/1\.1 200 [^]*hello$/)
  http1.destroy()
})

test('files that are renamed over the old ones are served, as certbot and others do', async () => {
  const live = copyOf(first, 'renamed')
  const server = await start(live)
  const next = copyOf(second, 'next')
  renameSync(next.key, live.key)
  renameSync(next.cert, live.cert)
  await server.event('the certificate was replaced')
  expect(await served(server)).toBe('CN=second')
})

test('a link that is turned elsewhere is followed, as Kubernetes turns ..data', async () => {
  const volume = path.join(folder, 'volume')
  for (const [name, pair] of Object.entries({ '..first': first, '..second': second })) {
    mkdirSync(path.join(volume, name), { recursive: true })
    copyFileSync(pair.cert, path.join(volume, name, 'tls.crt'))
    copyFileSync(pair.key, path.join(volume, name, 'tls.key'))
  }
  symlinkSync('..first', path.join(volume, '..data'))
  for (const name of ['tls.crt', 'tls.key']) {
    symlinkSync(path.join('..data', name), path.join(volume, name))
  }
  const server = await start({
    cert: path.join(volume, 'tls.crt'),
    key: path.join(volume, 'tls.key'),
  })
  expect(await served(server)).toBe('CN=first')
  symlinkSync('..second', path.join(volume, '..data_tmp'))
  renameSync(path.join(volume, '..data_tmp'), path.join(volume, '..data'))
  rmSync(path.join(volume, '..first'), { recursive: true })
  await server.event('the certificate was replaced')
  expect(await served(server)).toBe('CN=second')
})

const day = 24 * 60 * 60 * 1_000
const expired = make('expired', { from: new Date(Date.now() - 9 * day), until: new Date(0) })

test.each([
  ['a broken file', (live: Pair) => writeFileSync(live.cert, '-----BEGIN'), /holds no PEM/],
  ['no file', (live: Pair) => rmSync(live.key), /ENOENT/],
  ['the key of another', (live: Pair) => copyFileSync(second.key, live.key), /of the key in/],
  [
    'an expired pair',
    (live: Pair) => {
      copyFileSync(expired.cert, live.cert)
      copyFileSync(expired.key, live.key)
    },
    /expired at/,
  ],
])('%s is told once, the old pair goes on, and a good one mends it', async (name, damage, why) => {
  const live = copyOf(first, name.replaceAll(' ', '-'))
  const server = await start(live)
  damage(live)
  const warning = 'the new certificate cannot be served, the old one goes on'
  const { level, error } = await server.event(warning)
  expect([level, error.code]).toEqual(['warn', 'MOORING_E_TLS'])
  expect(error.message).toMatch(why)
  expect(await served(server)).toBe('CN=first')
  await new Promise((resolve) => setTimeout(resolve, 2_500))
  expect(server.events().filter(({ message }) => message === warning)).toHaveLength(1)
  copyFileSync(second.cert, live.cert)
  copyFileSync(second.key, live.key)
  await server.event('the certificate was replaced')
  expect(await served(server)).toBe('CN=second')
})

test('one that ends soon is told when it is loaded', async () => {
  const live = copyOf(first, 'soon')
  const server = await start(live)
  const soon = make('ends-soon', {
    from: new Date(Date.now() - 80 * day),
    until: new Date(Date.now() + 10 * day),
  })
  copyFileSync(soon.cert, live.cert)
  copyFileSync(soon.key, live.key)
  expect(await server.event('the certificate expires soon')).toMatchObject({
    level: 'warn',
    subject: 'CN=ends-soon',
  })
})

test('files that are touched and stay the same change nothing', async () => {
  const live = copyOf(first, 'touched')
  const server = await start(live)
  execFileSync('touch', [live.cert, live.key])
  writeFileSync(live.cert, readFileSync(first.cert))
  await new Promise((resolve) => setTimeout(resolve, 2_500))
  expect(server.events().map(({ message }) => message)).toEqual(['listening'])
})
