import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { stat } from 'node:fs/promises'
import { type AddressInfo, createServer, type Server as NetServer } from 'node:net'
import { availableParallelism } from 'node:os'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'
import { certificateFolder } from './certificates.ts'
import { ask, openSession } from './http2-client.ts'
import { bareEnvironment, endWithTheTest, launch, node, rawConnect } from './process.ts'
import { folder, isAlive, startParent } from './workers.ts'

const request = 'GET /pid HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n'

/** The process that answered on a connection of its own. */
async function pidFrom(target: number | string): Promise<number> {
  const answer = await (await rawConnect(target, request)).closed
  return Number(/\r\n\r\n(\d+)$/.exec(answer)?.[1])
}

/** A port that was free a moment ago. */
async function freePort(): Promise<number> {
  const server = createServer().listen(0, '::')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  server.close()
  await once(server, 'close')
  return port
}

describe('WEB_CONCURRENCY=2', () => {
  test('two children of the process answer, and one line says that it listens', async () => {
    const parent = await startParent('app.ts')
    expect(parent.events().filter(({ message }) => message === 'listening')).toHaveLength(1)
    expect(await parent.event('listening')).toMatchObject({
      workers: 2,
      host: '::',
      url: `http://localhost:${parent.port}`,
      resources: [{ name: 'store', kind: 'kv' }],
      shutdown: { graceMs: 10_000 },
    })
    const children = parent.children()
    expect(children).toHaveLength(2)
    const seen = new Set<number>()
    await expect
      .poll(async () => {
        for (const pid of await Promise.all(Array.from({ length: 20 }, () => pidFrom(parent.port))))
          seen.add(pid)
        return [...seen].toSorted()
      })
      .toEqual(children.toSorted())
  })

  test('the lines of a worker say which, and its environment does not', async () => {
    const parent = await startParent('app.ts', { LISTEN_PID: '1', NOTIFY_SOCKET: '' })
    await fetch(`${parent.url}/log`)
    expect((await parent.event('asked'))['worker']).toSatisfy((id) => id === 1 || id === 2)
    for (const name of ['MOORING_WORKER', 'LISTEN_PID', 'NOTIFY_SOCKET']) {
      expect(await (await fetch(`${parent.url}/env/${name}`)).text()).toBe('not set')
    }
    expect(await (await fetch(`${parent.url}/env/WEB_CONCURRENCY`)).text()).toBe('2')
  })

  test('share a file store', async () => {
    const parent = await startParent('app.ts')
    expect((await fetch(`${parent.url}/later/a`, { method: 'POST' })).status).toBe(202)
    const read = async () => {
      const answers = Array.from({ length: 8 }, async () => {
        const answer = await fetch(`${parent.url}/later/a`, { headers: { connection: 'close' } })
        return answer.text()
      })
      return [...new Set(await Promise.all(answers))]
    }
    await expect.poll(read).toEqual(['done'])
  })

  test.each(['127.0.0.1', 'localhost'])('binds HOST=%s', async (HOST) => {
    const parent = await startParent('app.ts', { HOST })
    const { url, host } = await parent.event('listening')
    expect(url).toBe(`http://${HOST}:${parent.port}`)
    expect(['127.0.0.1', '::1']).toContain(host)
    expect((await fetch(url as string)).status).toBe(200)
  })

  test('SOCKET_PATH is served, for owner and group, survives a worker, and is gone after', async () => {
    const socketPath = path.join(folder, 'app.sock')
    const parent = await startParent('app.ts', { SOCKET_PATH: socketPath })
    expect(await parent.event('listening')).toMatchObject({ url: `unix:${socketPath}` })
    expect((await stat(socketPath)).mode & 0o777).toBe(0o660)
    const first = await pidFrom(socketPath)
    process.kill(first, 'SIGKILL')
    await parent.event('a worker is lost')
    await expect.poll(() => pidFrom(socketPath)).toBeGreaterThan(0)
    parent.child.kill('SIGTERM')
    expect(await parent.exited).toBe(0)
    expect(existsSync(socketPath)).toBe(false)
  })

  test('TLS is spoken by the workers, and the URL says so', async () => {
    const certificates = certificateFolder()
    const { cert, key } = certificates.make('workers')
    const parent = await startParent('app.ts', { TLS_CERT: cert, TLS_KEY: key })
    expect(await parent.event('listening')).toMatchObject({
      url: `https://localhost:${parent.port}`,
      tls: { subject: 'CN=workers' },
    })
    const session = await openSession(parent.port)
    expect(await ask(session, '/')).toMatchObject({ status: 200, body: 'hello' })
    session.destroy()
    certificates.remove()
  })

  test('LISTEN_FDS is handed on', async () => {
    const server = createServer().listen(0, '127.0.0.1')
    await once(server, 'listening')
    const { fd } = (server as NetServer & { _handle: { fd: number } })._handle
    const { port } = server.address() as AddressInfo
    const env = { LISTEN_FDS: '1', WEB_CONCURRENCY: '2', STORE_URL: `file:${folder}/s.sqlite` }
    const program = launch('app.ts', env, fd)
    server.close()
    expect(await program.event('listening')).toMatchObject({ port, workers: 2 })
    expect(await pidFrom(port)).toBeGreaterThan(0)
    program.child.kill('SIGTERM')
    expect(await program.exited).toBe(0)
  })
})

describe('WEB_CONCURRENCY', () => {
  test('1 is the process alone', async () => {
    const parent = await startParent('app.ts', { WEB_CONCURRENCY: '1' })
    expect(await pidFrom(parent.port)).toBe(parent.child.pid)
    expect((await parent.event('listening'))['workers']).toBe(undefined)
  })

  test('auto is what this machine allows', async () => {
    const parent = await startParent('app.ts', { WEB_CONCURRENCY: 'auto' })
    const allowed = availableParallelism()
    expect((await parent.event('listening'))['workers']).toBe(allowed > 1 ? allowed : undefined)
  })

  test('auto is one process where there is one CPU for it', async () => {
    const app = fileURLToPath(new URL('fixtures/app.ts', import.meta.url))
    const program = spawn('taskset', ['--cpu-list', '0', node, app], {
      env: { ...bareEnvironment, PORT: '0', STORE_URL: 'memory:', WEB_CONCURRENCY: 'auto' },
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    endWithTheTest(program)
    let output = ''
    program.stdout.on('data', (chunk) => void (output += chunk))
    await expect.poll(() => output, { timeout: 30_000 }).toContain('"message":"listening"')
    program.kill('SIGTERM')
    await once(program, 'close')
    expect(output).not.toContain('"workers"')
  })

  test.each(['', '0', '-1', '2.5', 'many', '1000'])('%j is refused', async (value) => {
    const program = launch('app.ts', { PORT: '0', WEB_CONCURRENCY: value })
    expect(await program.exited).toBe(78)
    const name = `WEB_CONCURRENCY is ${JSON.stringify(value)}.`
    expect(program.stderr()).toContain(`MOORING_E_SETTING: ${name}`)
  })
})

describe('a mistake ends the parent with 78, and is told once', () => {
  const env = { PORT: '0', WEB_CONCURRENCY: '2', STORE_URL: 'redis://127.0.0.1:1' }

  test.each([
    ['the configuration of the app', { GREETING: 'x' }, /MOORING_E_CONFIG/g],
    [
      'memory: as the store of several',
      { STORE_URL: 'memory:' },
      /needs a store that the 2 processes of WEB_CONCURRENCY share/g,
    ],
    ['a setting that only workers read', { BODY_LIMIT: 'much' }, /MOORING_E_SETTING/g],
    ['a setting that only the parent reads', { WORKER_TIMEOUT: '1' }, /MOORING_E_SETTING/g],
    ['a bad PORT', { PORT: '80a' }, /MOORING_E_PORT/g],
  ])('%s', async (_name, more, told) => {
    const program = launch('app.ts', { ...env, ...more })
    expect(await program.exited).toBe(78)
    expect(program.stderr().match(told)).toHaveLength(1)
    expect(program.events().filter(({ message }) => message === 'listening')).toEqual([])
  })

  test('a port that is taken names its holder', async () => {
    const holder = createServer().listen(0, '::')
    await once(holder, 'listening')
    const { port } = holder.address() as AddressInfo
    const program = launch('app.ts', { ...env, PORT: String(port) })
    expect(await program.exited).toBe(78)
    expect(program.stderr()).toMatch(
      new RegExp(`PORT is ${port}, and process ${process.pid} \\(.+\\) is listening there`),
    )
    holder.close()
  })
})

test('of two that start at once on the same port one serves, and the other says why it cannot', async () => {
  const port = await freePort()
  const env = { PORT: String(port), WEB_CONCURRENCY: '2', STORE_URL: `file:${folder}/s.sqlite` }
  const programs = [launch('app.ts', env), launch('app.ts', env)]
  const [status, stderr] = await Promise.any(
    programs.map(async ({ exited, stderr: told }) => [await exited, told()] as const),
  )
  expect(status).toBe(78)
  expect(stderr).toContain('MOORING_E_ADDRESS_IN_USE')
  const served = await Promise.any(programs.map(({ event }) => event('listening')))
  expect(served['port']).toBe(port)
  expect(await pidFrom(port)).toBeGreaterThan(0)
})

test('a signal while the workers boot ends them all, with 0', async () => {
  const program = launch('slow-boot.ts', { PORT: '0', WEB_CONCURRENCY: '2' })
  await program.event('setting up')
  const worker = Number(program.stdout().match(/"pid":(\d+)/)?.[1])
  program.child.kill('SIGTERM')
  expect(await program.exited).toBe(0)
  expect(isAlive(worker)).toBe(false)
})
