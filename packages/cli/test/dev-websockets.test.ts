import { once } from 'node:events'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { type Dev, startDev } from './support/dev.ts'
import { copyProject, type Project } from './support/project.ts'

let project: Project
let dev: Dev

beforeEach(async () => {
  project = await copyProject()
  dev = startDev(project.folder)
  await dev.next('ready')
})

afterEach(async () => {
  await dev.end()
  await project.remove()
})

/** A socket to a side, and what the app greeted it with. */
async function open(side: string): Promise<{ socket: WebSocket; greeting: string }> {
  const socket = new WebSocket(`${dev.url(side).replace('http', 'ws')}/ws`, 'echo')
  const [message] = (await once(socket, 'message')) as [MessageEvent]
  return { socket, greeting: message.data as string }
}

const sides = ['port-bound', 'injected'] as const

test.each(sides)('%s: WebSockets pass, and end with the version that has them', async (side) => {
  const { socket, greeting } = await open(side)
  expect([socket.protocol, greeting]).toEqual(['echo', 'hello'])
  socket.binaryType = 'arraybuffer'
  for (const sent of ['text', new Uint8Array(100_000).buffer]) {
    const answered = once(socket, 'message')
    socket.send(sent)
    const [message] = (await answered) as [MessageEvent]
    expect(message.data).toEqual(sent)
  }
  const closed = once(socket, 'close')
  await project.write('app/src/greeting.ts', `export const greeting = 'hello again'\n`)
  expect((await closed)[0]).toMatchObject({ code: 1012, wasClean: true })
  // The page connects again, and is with the new version.
  await expect.poll(async () => (await open(side)).greeting).toBe('hello again')
})

test('the end closes what is open as a restart does, and is not held up', async () => {
  const sockets = await Promise.all(sides.map(open))
  const closed = sockets.map(({ socket }) => once(socket, 'close'))
  // The port-bound side leaves the end of a stream to the app, which hears of the stop.
  const events = (await fetch(`${dev.url('injected')}/events`)).text()
  dev.signal('SIGINT')
  for (const [event] of await Promise.all(closed)) {
    expect(event).toMatchObject({ code: 1012, wasClean: true })
  }
  expect(await events).toMatch(/^(data: \d+\n\n)*$/)
  expect(await dev.exited).toEqual({ code: 0, signal: null })
  expect(dev.stderr()).toBe('')
})
