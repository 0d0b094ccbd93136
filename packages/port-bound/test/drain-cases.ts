import { afterEach, expect, test } from 'vitest'
import { frame, opcodes, openedRaw } from '../../core/test/web-sockets/client.ts'
import { killAll, rawConnect } from '../../node/test/process.ts'
import { type RuntimeName, start } from './launch.ts'

const wait = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms))

/** From the first signal to the exit. */
export function drainCases(runtime: RuntimeName): void {
  afterEach(killAll)

  test('what was begun is finished: requests, uploads, streams, WebSockets, background work', async () => {
    const server = await start(runtime, 'app.ts')
    const slow = fetch(`${server.url}/slow/1500`)
    const upload = await rawConnect(
      server.port,
      'POST /echo HTTP/1.1\r\nHost: localhost\r\nContent-Length: 10\r\n\r\nhello',
    )
    const events = await fetch(`${server.url}/events`)
    const client = await openedRaw(server.port, '/ws')
    client.send(frame(opcodes.text, 'hi'))
    await expect.poll(client.frames).toEqual(['text hi'])
    expect((await fetch(`${server.url}/later/1500`, { method: 'POST' })).status).toBe(202)
    await wait(100)

    server.kill('SIGTERM')
    const draining = await server.event('draining')
    expect(draining).toMatchObject({ reason: 'SIGTERM', background: 1 })
    expect(draining['inFlight']).toBeGreaterThanOrEqual(2)
    server.kill('SIGTERM')
    await wait(300)
    upload.socket.write('world')

    const response = await slow
    expect(response.headers.get('connection')).toBe('close')
    expect(await response.text()).toBe('slow')
    expect(await events.text()).toBe('data: open\n\ndata: bye\n\n')
    await expect.poll(upload.received).toContain('helloworld')
    await expect.poll(client.frames).toEqual(['text hi', 'close 1012 Service Restart'])
    client.send(frame(opcodes.close, Buffer.from([3, 0xf4])))
    expect(await server.exited).toBe(0)
    await server.event('the work is done')
    await server.event('already draining')
    await server.event('drained')
  })

  test('as a lame duck it is not ready, alive, and serves', async () => {
    const server = await start(runtime, 'app.ts', { SHUTDOWN_LAME_DUCK: '2s' })
    server.kill('SIGINT')
    await server.event('draining')
    expect((await fetch(`${server.url}/readyz`)).status).toBe(503)
    expect((await fetch(`${server.url}/livez`)).status).toBe(200)
    const response = await fetch(server.url)
    expect([response.status, response.headers.get('connection')]).toEqual([200, 'close'])
    expect(await server.exited).toBe(0)
  })

  test('what is left at the deadline is cut off and named, exit 3', async () => {
    const server = await start(runtime, 'app.ts', { SHUTDOWN_BUDGET: '1500ms' })
    const stuck = await rawConnect(server.port, 'GET /stuck HTTP/1.1\r\nHost: localhost\r\n\r\n')
    await wait(200)
    server.kill('SIGTERM')
    expect(await server.exited).toBe(3)
    await stuck.closed
    const cut = await server.event('a request was cut off')
    expect(cut).toMatchObject({ method: 'GET', path: '/stuck', waitingFor: 'the head' })
    expect((await server.event('aborted'))['reason']).toBe('Error: cut off: the deadline')
  })

  test('a second interrupt ends it, exit 2', async () => {
    const server = await start(runtime, 'app.ts')
    const stuck = await rawConnect(server.port, 'GET /stuck HTTP/1.1\r\nHost: localhost\r\n\r\n')
    await wait(200)
    server.kill('SIGINT')
    await server.event('draining')
    await wait(700)
    server.kill('SIGINT')
    expect(await server.exited).toBe(2)
    await stuck.closed
  })

  test('an exception that nobody caught ends nothing; asked to exit, exit 1 after what is in flight', async () => {
    const goesOn = await start(runtime, 'app.ts')
    await fetch(`${goesOn.url}/crash`)
    await goesOn.event('an exception was not caught')
    expect((await fetch(goesOn.url)).status).toBe(200)
    goesOn.kill('SIGTERM')
    expect(await goesOn.exited).toBe(0)

    const server = await start(runtime, 'app.ts', { UNCAUGHT_EXCEPTION: 'exit' })
    const slow = fetch(`${server.url}/slow/500`)
    await wait(100)
    await fetch(`${server.url}/crash`)
    expect(await (await slow).text()).toBe('slow')
    expect(await server.exited).toBe(1)
  })
}
