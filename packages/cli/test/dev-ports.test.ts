import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { type AddressInfo, createServer, type Server } from 'node:net'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { type Dev, get, startDev } from './support/dev.ts'
import { processesIn } from './support/processes.ts'
import { copyProject, type Project } from './support/project.ts'

let project: Project
let dev: Dev | undefined
let servers: Server[] = []

beforeEach(async () => {
  project = await copyProject()
})

afterEach(async () => {
  await dev?.end()
  for (const server of servers) server.close()
  servers = []
  await project.remove()
})

async function occupy(port: number, host: string): Promise<number> {
  const server = createServer()
  servers.push(server)
  server.listen(port, host)
  await once(server, 'listening')
  return (server.address() as AddressInfo).port
}

/** Ports of the sides, in the order they are told. */
async function portsOf(running: Dev): Promise<number[]> {
  const ready = await running.next('ready')
  return (ready['endpoints'] as { url: string }[]).map(({ url }) => Number(new URL(url).port))
}

test('PORT and EDGE_PORT are kept to', async () => {
  const [port, edgePort] = await Promise.all([occupy(0, '127.0.0.1'), occupy(0, '127.0.0.1')])
  for (const server of servers.splice(0)) server.close()
  dev = startDev(`${project.folder}/preview`, ['dev'], {
    PORT: `${port}`,
    EDGE_PORT: `${edgePort}`,
  })
  expect(await portsOf(dev)).toEqual([port, edgePort])
})

test('a default that is taken falls to the next free one, with one line saying so', async () => {
  // Whoever has 5000, now nobody else can.
  await occupy(5000, '127.0.0.1').catch(() => {})
  dev = startDev(`${project.folder}/preview`, ['dev'], {})
  const [port, edgePort] = await portsOf(dev)
  expect(port).toBeGreaterThan(5000)
  expect(edgePort).toBeGreaterThan(port!)
  const moved = dev.events.filter(
    ({ event, side }) => event === 'port-moved' && side === 'port-bound',
  )
  expect(moved).toHaveLength(1)
  expect(moved[0]!['message']).toBe(`Port 5000 is taken: port-bound is at ${port}.`)
  expect(await get(dev.url('port-bound'))).toBe('preview says hi')
})

test('a default that is taken on IPv6 alone is taken', async () => {
  await occupy(5000, '::1').catch(() => {})
  dev = startDev(`${project.folder}/preview`, ['dev'], { EDGE_PORT: '0' })
  expect((await portsOf(dev))[0]).toBeGreaterThan(5000)
})

test.each(['PORT', 'EDGE_PORT'])(
  'an explicit %s that is taken is an error that names its holder',
  async (variable) => {
    const program =
      "require('net').createServer().listen(0, '127.0.0.1', function () { console.log(this.address().port) })"
    const holder = spawn(process.execPath, ['-e', program], {
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    const [line] = (await once(holder.stdout, 'data')) as [Buffer]
    const port = line.toString().trim()
    dev = startDev(project.folder, undefined, { PORT: '0', EDGE_PORT: '0', [variable]: port })
    expect(await dev.exited).toEqual({ code: 78, signal: null })
    holder.kill()
    expect(dev.stderr()).toMatch(/^MOORING_E_ADDRESS_IN_USE: /)
    expect(dev.stderr()).toContain(`${variable} is ${port}, and process ${holder.pid} (`)
    expect(dev.stderr()).toContain(`set ${variable} to a free port`)
    expect(dev.events).toEqual([])
    expect(await processesIn(project.folder)).toEqual([])
  },
)

test('one port for both sides is an error that says so', async () => {
  const port = await occupy(0, '127.0.0.1')
  for (const server of servers.splice(0)) server.close()
  dev = startDev(project.folder, undefined, { PORT: `${port}`, EDGE_PORT: `${port}` })
  expect((await dev.exited).code).toBe(78)
  expect(dev.stderr()).toContain('Fix: give PORT and EDGE_PORT different ports.')
})

test.each([
  ['PORT', '3000abc', 'MOORING_E_PORT'],
  ['EDGE_PORT', '70000', 'MOORING_E_PORT'],
  ['HOST', 'no.such.host.invalid', 'MOORING_E_HOST'],
])('%s=%s is an error that names it', async (variable, value, code) => {
  dev = startDev(project.folder, undefined, { PORT: '0', EDGE_PORT: '0', [variable]: value })
  expect((await dev.exited).code).toBe(78)
  expect(dev.stderr()).toContain(`${code}: ${variable} is "${value}".`)
})

test('HOST changes what is bound', async () => {
  dev = startDev(`${project.folder}/preview`, ['dev'], {
    PORT: '0',
    EDGE_PORT: '0',
    HOST: '0.0.0.0',
  })
  await dev.next('ready')
  const { port } = new URL(dev.url('port-bound'))
  expect(dev.url('port-bound')).toBe(`http://localhost:${port}`)
  expect(await get(`http://127.0.0.2:${port}`)).toBe('preview says hi')
})
