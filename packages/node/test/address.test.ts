import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { mkdtemp, rename, rm, stat, writeFile } from 'node:fs/promises'
import { type AddressInfo, createServer, type Server as NetServer } from 'node:net'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { killAll, launch, rawConnect, startServer } from './process.ts'
import { withoutIPv6 } from './without-ipv6.ts'

const request = 'GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n'
const store = { STORE_URL: 'memory:' }

let folder: string
beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'socket-'))
})
afterEach(async () => {
  await killAll()
  await rm(folder, { recursive: true })
})

describe('SOCKET_PATH', () => {
  const socketPath = () => path.join(folder, 'app.sock')

  test('is served, for owner and group only, and is gone after the drain', async () => {
    const program = launch('app.ts', { ...store, SOCKET_PATH: socketPath() })
    expect(await program.event('listening')).toMatchObject({ url: `unix:${socketPath()}` })
    expect((await stat(socketPath())).mode & 0o777).toBe(0o660)
    expect(await (await rawConnect(socketPath(), request)).closed).toMatch(/^HTTP\/1\.1 200 /)
    program.child.kill('SIGTERM')
    expect(await program.exited).toBe(0)
    expect(existsSync(socketPath())).toBe(false)
  })

  test('that a killed process left behind is replaced', async () => {
    const first = launch('app.ts', { ...store, SOCKET_PATH: socketPath() })
    await first.event('listening')
    first.child.kill('SIGKILL')
    await first.exited
    expect(existsSync(socketPath())).toBe(true)
    const second = launch('app.ts', { ...store, SOCKET_PATH: socketPath() })
    await second.event('listening')
    expect(await (await rawConnect(socketPath(), request)).closed).toMatch(/^HTTP\/1\.1 200 /)
  })

  test('on which another process listens is refused, and stays as it is', async () => {
    const first = launch('app.ts', { ...store, SOCKET_PATH: socketPath() })
    await first.event('listening')
    const second = launch('app.ts', { ...store, SOCKET_PATH: socketPath() })
    expect(await second.exited).toBe(78)
    expect(second.stderr()).toMatch(/MOORING_E_SOCKET_PATH.*\n.*Another process is listening there/)
    expect(await (await rawConnect(socketPath(), request)).closed).toMatch(/^HTTP\/1\.1 200 /)
  })

  test('that is a regular file is refused, and the file stays', async () => {
    await writeFile(socketPath(), 'precious')
    const program = launch('app.ts', { ...store, SOCKET_PATH: socketPath() })
    expect(await program.exited).toBe(78)
    expect(program.stderr()).toMatch(/A file that is no socket is there/)
    expect((await stat(socketPath())).size).toBe(8)
  })

  test('in a folder that is not there is refused', async () => {
    const program = launch('app.ts', { ...store, SOCKET_PATH: path.join(folder, 'no/app.sock') })
    expect(await program.exited).toBe(78)
    expect(program.stderr()).toContain('MOORING_E_SOCKET_PATH')
  })

  test('of a successor is not unlinked by the process that leaves', async () => {
    const first = launch('app.ts', { ...store, SOCKET_PATH: socketPath() })
    await first.event('listening')
    const other = path.join(folder, 'other.sock')
    const second = launch('app.ts', { ...store, SOCKET_PATH: other })
    await second.event('listening')
    await rename(other, socketPath())
    first.child.kill('SIGTERM')
    expect(await first.exited).toBe(0)
    expect(await (await rawConnect(socketPath(), request)).closed).toMatch(/^HTTP\/1\.1 200 /)
  })
})

describe('LISTEN_FDS', () => {
  /** A listening socket, to be handed over: the program keeps it open when we close our copy. */
  async function listening(): Promise<{ server: NetServer; port: number; descriptor: number }> {
    const server = createServer().listen(0, '127.0.0.1')
    await once(server, 'listening')
    const { fd } = (server as NetServer & { _handle: { fd: number } })._handle
    return { server, port: (server.address() as AddressInfo).port, descriptor: fd }
  }

  test('is served, whatever PORT says', async () => {
    const { server, port, descriptor } = await listening()
    const env = { ...store, PORT: '1', LISTEN_FDS: '1' }
    const program = launch('app.ts', env, descriptor)
    server.close()
    expect(await program.event('listening')).toMatchObject({ port })
    expect(await (await rawConnect(port, request)).closed).toMatch(/^HTTP\/1\.1 200 /)
    program.child.kill('SIGTERM')
    expect(await program.exited).toBe(0)
  })

  test('of several the one named http', async () => {
    const { server, port, descriptor } = await listening()
    const env = { ...store, LISTEN_FDS: '2', LISTEN_FDNAMES: 'http:metrics' }
    const program = launch('app.ts', env, descriptor)
    server.close()
    expect(await program.event('listening')).toMatchObject({ port })
  })

  test('meant for another process is ignored', async () => {
    const { server, port, descriptor } = await listening()
    const env = { ...store, PORT: '0', LISTEN_FDS: '1', LISTEN_PID: '1' }
    const program = launch('app.ts', env, descriptor)
    const bound = await program.event('listening')
    expect(bound['port']).not.toBe(port)
    server.close()
  })

  test.each([{ LISTEN_FDS: '1' }, { LISTEN_FDS: 'x' }, { LISTEN_FDS: '2', LISTEN_FDNAMES: 'a:b' }])(
    '%j without a socket to match is refused',
    async (env) => {
      const program = launch('app.ts', { ...store, ...env })
      expect(await program.exited).toBe(78)
      expect(program.stderr()).toContain('MOORING_E_LISTEN_FDS')
    },
  )
})

test('a port that its holder is just leaving is waited for', async () => {
  const holder = createServer().listen(0, '::')
  await once(holder, 'listening')
  const { port } = holder.address() as AddressInfo
  const program = launch('app.ts', { ...store, PORT: String(port) })
  setTimeout(() => holder.close(), 1_000)
  expect(await program.event('listening')).toMatchObject({ port })
})

test('a port that is for root is refused to others, and the error says how to have it', async () => {
  // A network of its own has the kernel's default for unprivileged ports, whatever this machine has.
  const asNobody = ['unshare', '--net', 'setpriv', '--bounding-set=-net_bind_service']
  const wrap = process.getuid?.() === 0 ? asNobody : ['unshare', '--user', '--net']
  const program = launch('app.ts', { ...store, PORT: '80' }, undefined, false, wrap)
  expect(await program.exited).toBe(78)
  expect(program.stderr()).toContain('MOORING_E_ADDRESS_DENIED: PORT is 80')
  expect(program.stderr()).toContain('net.ipv4.ip_unprivileged_port_start')
})

test('where the kernel has no IPv6, every interface is every one of IPv4', async () => {
  const server = await startServer('app.ts', {}, withoutIPv6)
  expect(await server.event('listening')).toMatchObject({ host: '0.0.0.0' })
  expect(await (await rawConnect(server.port, request)).closed).toMatch(/^HTTP\/1\.1 200 /)
})
