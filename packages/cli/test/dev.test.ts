import { setTimeout as delay } from 'node:timers/promises'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { type Dev, get, startDev } from './support/dev.ts'
import { copyProject, type Project } from './support/project.ts'
import { startLoad } from './support/load.ts'

const greeting = (text: string) => `export const greeting = '${text}'\n`

let project: Project
let dev: Dev

beforeAll(async () => {
  project = await copyProject()
  dev = startDev(project.folder)
  await dev.next('ready')
})

afterAll(async () => {
  await dev?.end()
  await project?.remove()
})

/** Whatever a test broke is mended before the next. */
afterEach(async () => {
  await project.write('app/src/greeting.ts', greeting('hello'))
  await Promise.all(sides.map((side) => answers(side, 'hello')))
})

const sides = ['port-bound', 'injected'] as const

/** Waits until a side answers `/` with this text. */
async function answers(side: string, text: string): Promise<void> {
  while ((await get(dev.url(side))) !== text) await delay(20)
}

test('the first event that tells of both says where and what they are', () => {
  const ready = dev.events.filter(({ event }) => event === 'ready')
  expect(ready).toHaveLength(1)
  expect(ready[0]).toMatchObject({
    version: '0.1.0',
    readyInMs: expect.any(Number),
    endpoints: [
      {
        side: 'port-bound',
        url: expect.stringMatching(/^http:\/\/localhost:\d+$/),
        folder: 'node',
        resources: [
          { name: 'store', kind: 'kv', target: 'file:.mooring/store.sqlite', embedded: true },
          { name: 'preview', kind: 'service', target: dev.url('preview'), embedded: false },
          { name: 'jobs', kind: 'queue', target: 'file:.mooring/jobs.sqlite', embedded: true },
        ],
      },
      {
        side: 'injected',
        folder: 'edge',
        resources: [
          { name: 'STORE', kind: 'kv', target: 'local KV in edge/.mooring/edge', embedded: true },
          { name: 'JOBS', kind: 'queue', target: 'local queue fixture-jobs, in memory' },
          { name: 'PREVIEW', kind: 'service', target: 'Worker fixture-preview' },
        ],
      },
      { side: 'preview', folder: 'preview' },
    ],
  })
})

describe.each(sides)('%s', (side) => {
  test('answers on IPv4 and on IPv6', async () => {
    const { port } = new URL(dev.url(side))
    expect(await get(`http://127.0.0.1:${port}/`)).toBe('hello')
    expect(await get(`http://[::1]:${port}/`)).toBe('hello')
  })

  test('serves the static folder', async () => {
    expect(await get(`${dev.url(side)}/file.txt`)).toBe('static file\n')
  })

  test('reaches the backing service', async () => {
    expect(await get(`${dev.url(side)}/preview`)).toBe('preview says hi')
  })

  test('handles what is sent to a queue', async () => {
    await fetch(`${dev.url(side)}/jobs`, { method: 'POST', body: `of ${side}` })
    await expect.poll(() => get(`${dev.url(side)}/store/job`)).toBe(`of ${side}`)
  })

  test('keeps what is stored over a reload', async () => {
    await fetch(`${dev.url(side)}/store/kept`, { method: 'PUT', body: 'for ever' })
    await project.write('app/src/greeting.ts', greeting('reloaded'))
    await answers(side, 'reloaded')
    expect(await get(`${dev.url(side)}/store/kept`)).toBe('for ever')
  })

  test('streams events one by one', async () => {
    const answer = await fetch(`${dev.url(side)}/events`)
    const reader = answer.body!.pipeThrough(new TextDecoderStream()).getReader()
    expect((await reader.read()).value).toBe('data: 0\n\n')
    expect((await reader.read()).value).toBe('data: 1\n\n')
    await reader.cancel()
  })

  test('tells what the app logs, with its fields', async () => {
    await get(`${dev.url(side)}/log`)
    let event = await dev.next('log', side)
    while (event['message'] !== 'asked to log') event = await dev.next('log', side)
    expect(event).toMatchObject({ level: 'info', from: 'fixture' })
  })

  test('tells what a module of the app says when it is loaded', async () => {
    await project.write('app/src/greeting.ts', `console.log('loaded')\n${greeting('hello')}`)
    while ((await dev.next('log', side))['message'] !== 'loaded') continue
  })

  test('a new file in the static folder is served', async () => {
    const name = `${side}.txt`
    await project.write(`app/public/${name}`, 'new')
    while ((await get(`${dev.url(side)}/${name}`)) !== 'new') await delay(20)
  })
})

test('a save shows on both sides, and no request fails meanwhile', async () => {
  const loads = sides.map((side) => startLoad(dev.url(side)))
  for (const text of ['one', 'two', 'three']) {
    await project.write('app/src/greeting.ts', greeting(text))
    await Promise.all(sides.map((side) => answers(side, text)))
  }
  for (const load of loads) {
    const { answered, failed } = await load.stop()
    expect(failed).toEqual([])
    expect(answered).toBeGreaterThan(10)
  }
})

test('requests under way when a save comes are answered by the version they met', async () => {
  const slow = sides.map((side) => get(`${dev.url(side)}/slow`))
  await delay(100)
  await project.write('app/src/greeting.ts', greeting('later'))
  expect(await Promise.all(slow)).toEqual(['slow', 'slow'])
  await Promise.all(sides.map((side) => answers(side, 'later')))
})

test('a save that changes nothing that runs reloads nothing', async () => {
  const before = dev.events.length
  await project.write('app/src/greeting.ts', `${greeting('hello')}// a remark\n`)
  await project.write('app/src/unused.ts', 'export const unused = 1\n')
  await delay(1_000)
  expect(dev.events.slice(before).filter(({ event }) => event === 'reloaded')).toEqual([])
})

test('a file that was missing is noticed when it comes, in a new folder too', async () => {
  await project.write('app/src/greeting.ts', "export { greeting } from './new/greeting.ts'\n")
  expect((await dev.next('error', 'port-bound'))['text']).toContain('./new/greeting.ts')
  await project.write('app/src/new/greeting.ts', greeting('found'))
  await Promise.all(sides.map((side) => answers(side, 'found')))
})

test('the backing service follows its own saves on both sides', async () => {
  const source = await project.read('preview/src/app.ts')
  await project.write('preview/src/app.ts', source.replace('says hi', 'says bye'))
  for (const side of sides) {
    while ((await get(`${dev.url(side)}/preview`)) !== 'preview says bye') await delay(20)
  }
})

test('a variable in .env reaches the port-bound app, one in .dev.vars the injected one', async () => {
  const files = { 'port-bound': 'node/.env', injected: 'edge/.dev.vars' }
  for (const side of sides) {
    await project.write(files[side], `GREETING=from ${side}\n`)
    while ((await get(`${dev.url(side)}/greeting`)) !== `from ${side}`) await delay(20)
  }
  // Wrangler tells of the variables with each build. It is no reason for one that fails.
  dev.forget()
  await project.write('app/src/greeting.ts', 'export const greeting = = 1\n')
  expect((await dev.next('error', 'injected'))['output']).toBeUndefined()
})
