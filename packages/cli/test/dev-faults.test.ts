import { once } from 'node:events'
import { type IncomingMessage, request } from 'node:http'
import { text } from 'node:stream/consumers'
import { setTimeout as delay } from 'node:timers/promises'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { type Dev, get, startDev } from './support/dev.ts'
import { copyProject, type Project } from './support/project.ts'

const sides = ['port-bound', 'injected'] as const
const good = "export const greeting = 'hello'\n"
/** A save that is well again is told as `reloaded` where it brings more than that. */
const wellAgain = ['recovered', 'reloaded']

let project: Project
let dev: Dev
let config = ''

beforeAll(async () => {
  project = await copyProject()
  config = await project.read('edge/wrangler.jsonc')
  dev = startDev(project.folder)
  await dev.next('ready')
  // Once it has followed a save it knows what runs, and tells what does not change that.
  await project.write('app/src/greeting.ts', "export const greeting = 'first save'\n")
  await Promise.all(sides.map((side) => answers(side, 'first save')))
  await project.write('app/src/greeting.ts', good)
  await Promise.all(sides.map((side) => answers(side, 'hello')))
  dev.forget()
})

afterAll(async () => {
  await dev?.end()
  await project?.remove()
})

async function answers(side: string, expected: string): Promise<void> {
  while ((await get(dev.url(side))) !== expected) await delay(20)
}

/** Mends what a test broke, and waits until neither side shows a fault. */
afterEach(async ({ task }) => {
  if (task.result?.state === 'fail') {
    console.error(task.name, dev.events.slice(-20))
    await project.write('edge/wrangler.jsonc', config)
  }
  await project.write('app/src/greeting.ts', good)
  for (const side of sides) {
    while ((await navigate(dev.url(side))).body !== 'hello') await delay(20)
  }
  dev.forget()
})

/** Asks the way a browser asks for a page. */
async function navigate(url: string): Promise<{ status: number | undefined; body: string }> {
  const headers = { 'Sec-Fetch-Mode': 'navigate', Accept: 'text/html' }
  const [answer] = (await once(request(url, { headers }).end(), 'response')) as [IncomingMessage]
  return { status: answer.statusCode, body: await text(answer) }
}

describe.each(sides)('%s', (side) => {
  test('a syntax error shows its place, and the last good version goes on', async () => {
    await project.write('app/src/greeting.ts', `${good}export const broken = = 1 // <b>\n`)
    const error = await dev.next('error', side)
    expect(error).toMatchObject({ title: 'The code does not compile', serving: true })
    expect(error['text']).toContain('app/src/greeting.ts:2:22')
    expect(error['text']).toContain('export const broken = = 1')

    const page = await navigate(dev.url(side))
    expect(page.status).toBe(500)
    expect(page.body).toContain('app/src/greeting.ts:2:22')
    expect(page.body).toContain('export const broken = = 1 // &lt;b&gt;')
    expect(await get(dev.url(side))).toBe('hello')

    const recovery = fetch(`${dev.url(side)}/__mooring/recovery`)
    await project.write('app/src/greeting.ts', good)
    expect(await (await recovery).text()).toContain('event: recovered')
    await dev.next(wellAgain, side)
    expect((await navigate(dev.url(side))).body).toBe('hello')
  })

  test('a mistake at load is told with its place, and the last good version goes on', async () => {
    await project.write('app/src/greeting.ts', `${good}throw new Error('at load')\n`)
    const error = await dev.next('error', side)
    expect(error['title']).toMatch(/does not start/)
    expect(error['text']).toContain('Error: at load')
    expect(error['text']).toMatch(/app\/src\/greeting\.ts:2:7/)
    expect(error['serving']).toBe(true)
    expect((await navigate(dev.url(side))).body).toContain('at load')
    expect(await get(dev.url(side))).toBe('hello')

    await project.write('app/src/greeting.ts', "export const greeting = 'mended'\n")
    while ((await get(dev.url(side))) !== 'mended') await delay(20)
    expect((await navigate(dev.url(side))).status).toBe(200)
  })

  test('an import of nothing is told', async () => {
    await project.write('app/src/greeting.ts', `${good}import './nothing.ts'\n`)
    const error = await dev.next('error', side)
    expect(error['text']).toContain(
      'app/src/nothing.ts is missing; app/src/greeting.ts imports it.\n\n    app/src/greeting.ts:2:7',
    )
  })

  test('an error that a handler does not catch is in the log, with its place', async () => {
    await get(`${dev.url(side)}/throw`)
    const log = await dev.next('log', side)
    expect(log['level']).toBe('error')
    let said = ''
    for (let at = dev.events.indexOf(log); at < dev.events.length; at++) {
      said += `${dev.events[at]!['message']} ${JSON.stringify(dev.events[at]!['error'])}\n`
    }
    expect(said).toContain('thrown by the fixture')
    while (!said.includes('app/src/app.ts:')) said += (await dev.next('log', side))['message']
  })
})

test('what workerd says of itself is told with an error that comes of it, and not otherwise', async () => {
  const ofLookup = /to lookup address/
  const logged = async (message: RegExp) => {
    for (;;) {
      const event = await dev.next('log', 'injected')
      if (message.test(String(event['message']))) return event
    }
  }
  expect(await get(`${dev.url('injected')}/lookup/handled`)).toBe('none')
  await get(`${dev.url('injected')}/log`)
  await logged(/^asked to log$/)
  expect(dev.events.filter(({ message }) => ofLookup.test(String(message)))).toEqual([])
  await get(`${dev.url('injected')}/lookup`)
  expect((await logged(ofLookup))['message']).toMatch(/^workerd: /)
  expect(JSON.stringify(await dev.next('log', 'injected'))).toContain('reference = ')
})

test('configuration that the app refuses is told by the port-bound app as its own error', async () => {
  const source = await project.read('app/src/app.ts')
  await project.write(
    'app/src/app.ts',
    source.replace('z.string().default', "z.enum(['x']).default"),
  )
  await project.write('node/.env', 'GREETING=nonsense\n')
  let error = await dev.next('error', 'port-bound')
  while (!String(error['text']).includes('GREETING')) error = await dev.next('error', 'port-bound')
  expect(error['text']).toMatch(/^MOORING_E_CONFIG: fixture cannot start/)
  expect(await get(dev.url('port-bound'))).toBe('hello')
  await project.write('app/src/app.ts', source)
  await project.write('node/.env', '')
})

test('a mistake in the Wrangler configuration shows its place', async () => {
  await project.write('edge/wrangler.jsonc', config.replace('"main"', 'main'))
  const error = await dev.next('error', 'injected')
  expect(error['title']).toBe('The configuration cannot be read')
  expect(error['text']).toMatch(/^Expected a value, or a name in .*\n\n +edge\/wrangler.jsonc:3:2/)
  await project.write('edge/wrangler.jsonc', config)
  await dev.next(wellAgain, 'injected')
})

test('a compatibility date that workerd does not know is told in its words', async () => {
  await project.write('edge/wrangler.jsonc', config.replace('2026-11-01', '2099-01-01'))
  const error = await dev.next('error', 'injected')
  expect(error['text']).toContain('2099-01-01')
  expect(error['serving']).toBe(true)
  await project.write('edge/wrangler.jsonc', config)
  await dev.next(wellAgain, 'injected')
})

test('a schedule without a cron trigger is told, with the lines', async () => {
  const code = await project.read('app/src/app.ts')
  const schedules = "schedules: { sweep: { cron: '5 4 * * *', run: async () => {} } },"
  await project.write('app/src/app.ts', code.replace('consumers:', `${schedules} consumers:`))
  let log = await dev.next('log', 'injected')
  while (log['level'] !== 'warn') log = await dev.next('log', 'injected')
  expect(log['message']).toContain('The schedule "sweep" (5 4 * * *) never runs on Workers')
  expect(log['message']).toContain('"triggers": { "crons": ["5 4 * * *"] }')
  await project.write('app/src/app.ts', code)
  await dev.next('reloaded', 'injected')
})

test('what the configuration leaves out of a queue is told, with the lines', async () => {
  const without = (part: RegExp) => project.write('edge/wrangler.jsonc', config.replace(part, ''))
  await without(/"consumers": .*,\n/)
  let log = await dev.next('log', 'injected')
  while (!String(log['message']).startsWith('Nobody')) log = await dev.next('log', 'injected')
  expect(log).toMatchObject({
    level: 'warn',
    message: expect.stringContaining('"consumers": [{ "queue": "fixture-jobs",'),
  })
  await without(/"producers": .*,\n/)
  while (!JSON.stringify(log).includes('is not attached')) {
    await get(`${dev.url('injected')}/log`)
    log = dev.events.at(-1)!
  }
  expect(JSON.stringify(log)).toContain('JOBS (not bound): The queue resource')
  await project.write('edge/wrangler.jsonc', config)
  while ((await get(dev.url('injected'))) !== 'hello') await delay(20)
})
