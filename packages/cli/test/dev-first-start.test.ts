import { afterEach, beforeEach, expect, test } from 'vitest'
import { type Dev, get, startDev } from './support/dev.ts'
import { copyProject, type Project } from './support/project.ts'

let project: Project
let dev: Dev | undefined

beforeEach(async () => {
  project = await copyProject()
})

afterEach(async () => {
  await dev?.end()
  await project.remove()
})

test('a side that is broken from the start says so to everybody, and comes when it is mended', async () => {
  const source = await project.read('app/src/greeting.ts')
  await project.write('app/src/greeting.ts', 'export const greeting = = 1\n')
  dev = startDev(project.folder)
  const errors = await Promise.all([dev.next('error', 'port-bound'), dev.next('error', 'injected')])
  for (const error of errors) {
    expect(error).toMatchObject({ title: 'The code does not compile', serving: false })
    expect(error['text']).toContain('app/src/greeting.ts:1:24')
  }
  expect(dev.events.some(({ event }) => event === 'ready')).toBe(false)
  await project.write('app/src/greeting.ts', source)
  await dev.next('ready')
  expect(await get(dev.url('port-bound'))).toBe('hello')
  expect(await get(dev.url('injected'))).toBe('hello')
})

test('where one side cannot start, it is told where the others answer', async () => {
  const env = { PORT: '0', EDGE_PORT: '0', STORE_URL: 'mysql://nowhere' }
  dev = startDev(project.folder, undefined, env)
  expect((await dev.next('error', 'port-bound'))['text']).toContain('STORE_URL')
  const { message } = await dev.next('notice')
  expect(message).toMatch(/^Meanwhile these answer: injected at http:/)
  const [url = ''] = /http:\/\/localhost:\d+/.exec(String(message)) ?? []
  expect(await get(url)).toBe('hello')
})

test('a main file that never calls serve is told', async () => {
  await project.write('node/src/main.ts', "console.log('all done')\n")
  dev = startDev(project.folder, ['dev', 'node'])
  const error = await dev.next('error', 'port-bound')
  expect(error).toMatchObject({ title: 'The app does not start', serving: false })
  expect(error['text']).toContain('node/src/main.ts exited with status 0')
  expect(error['text']).toContain('serve(app)')
})

test('one folder may hold both contracts, and is the default', async () => {
  await project.write('preview/src/app.ts', await project.read('preview/src/app.ts'))
  dev = startDev(`${project.folder}/preview`, ['dev'])
  const ready = await dev.next('ready')
  expect(ready['endpoints']).toMatchObject([
    { side: 'port-bound', folder: '.' },
    { side: 'injected', folder: '.' },
  ])
  expect(await get(dev.url('port-bound'))).toBe('preview says hi')
  expect(await get(dev.url('injected'))).toBe('preview says hi')
})

test('a backing service without a Worker is reached as a process', async () => {
  const { rm } = await import('node:fs/promises')
  await rm(`${project.folder}/preview/wrangler.jsonc`)
  dev = startDev(project.folder)
  await dev.next('ready')
  expect(await get(`${dev.url('injected')}/preview`)).toBe('preview says hi')
})

test('what the environment attaches is left alone', async () => {
  dev = startDev(project.folder, undefined, {
    PORT: '0',
    EDGE_PORT: '0',
    PREVIEW_URL: 'http://127.0.0.1:9',
    STORE_URL: 'memory:',
  })
  const ready = await dev.next('ready')
  const [node] = ready['endpoints'] as { resources: unknown }[]
  expect(node!.resources).toEqual([
    { name: 'store', kind: 'kv', target: 'memory:', embedded: false },
    { name: 'preview', kind: 'service', target: 'http://127.0.0.1:9', embedded: false },
    { name: 'jobs', kind: 'queue', target: 'file:.mooring/jobs.sqlite', embedded: true },
  ])
})

test('the second start is a warm one, and what changed in between counts', async () => {
  dev = startDev(project.folder)
  await dev.next('ready')
  await dev.end()
  await project.write('app/src/greeting.ts', "export const greeting = 'changed meanwhile'\n")
  dev = startDev(project.folder)
  await dev.next('ready')
  expect(await get(dev.url('injected'))).toBe('changed meanwhile')
  await dev.end()
  dev = startDev(project.folder)
  await dev.next('ready')
  expect(await get(dev.url('injected'))).toBe('changed meanwhile')
  await project.write('app/src/greeting.ts', "export const greeting = 'and again'\n")
  await dev.next('reloaded', 'injected')
  expect(await get(dev.url('injected'))).toBe('and again')
})
