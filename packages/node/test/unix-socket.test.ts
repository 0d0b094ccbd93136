import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { killAll, launch, type Program, rawConnect } from './process.ts'

let folder: string

beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'mooring-unix-'))
})

afterEach(async () => {
  await killAll()
  await rm(folder, { recursive: true })
})

async function start(env: Record<string, string>): Promise<Program & { socketPath: string }> {
  const socketPath = path.join(folder, 'app.sock')
  const program = launch('app.ts', { SOCKET_PATH: socketPath, STORE_URL: 'memory:', ...env })
  await program.event('listening')
  return { ...program, socketPath }
}

const get = (target: string, headers = '') =>
  `GET ${target} HTTP/1.1\r\nHost: localhost\r\n${headers}\r\n`

test('a request in flight at the deadline is cut off there too, though it cannot be reset', async () => {
  const server = await start({ SHUTDOWN_BUDGET: '1s' })
  const stuck = await rawConnect(server.socketPath, get('/stuck'))
  await new Promise((resolve) => setTimeout(resolve, 100))
  server.child.kill('SIGTERM')
  expect(await stuck.closed).toBe('')
  expect(await server.exited).toBe(3)
  expect(await server.event('cut off')).toMatchObject({ inFlight: 1 })
  expect(server.stdout()).not.toContain('a rejection was not handled')
})

test('a body that is too large while the response runs ends its connection, not the process', async () => {
  const server = await start({ BODY_LIMIT: '2kb' })
  const events = await rawConnect(
    server.socketPath,
    get('/events', 'Transfer-Encoding: chunked\r\n'),
  )
  await expect.poll(events.received).toContain('data: open')
  events.socket.write(`bb8\r\n${'x'.repeat(3000)}\r\n`)
  await events.closed
  const after = await rawConnect(server.socketPath, get('/', 'Connection: close\r\n'))
  expect(await after.closed).toMatch(/^HTTP\/1\.1 200 /)
  expect(server.child.exitCode).toBe(null)
  expect(server.stdout()).not.toContain('an exception was not caught')
})
