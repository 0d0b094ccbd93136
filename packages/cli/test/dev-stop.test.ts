import { readdir, rm } from 'node:fs/promises'
import path from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { type Dev, get, startDev } from './support/dev.ts'
import { listProcesses, processesIn, treeOf } from './support/processes.ts'
import { copyProject, type Project } from './support/project.ts'

let project: Project
let dev: Dev
let temporary: string

beforeEach(async () => {
  project = await copyProject()
  temporary = path.join(project.folder, 'tmp')
  await project.write('tmp/.keep', '')
  dev = startDev(project.folder, undefined, { PORT: '0', EDGE_PORT: '0', TMPDIR: temporary })
  await dev.next('ready')
})

afterEach(async () => {
  await dev.end()
  await project.remove()
})

/** Every file of the project but the stores that are to stay. */
async function listFiles(): Promise<string[]> {
  const names = await readdir(project.folder, { recursive: true, withFileTypes: true })
  return names
    .map((entry) => path.relative(project.folder, path.join(entry.parentPath, entry.name)))
    .filter((name) => !/\/\.mooring(\/|$)/.test(name))
    .toSorted()
}

test.each(['SIGINT', 'SIGTERM', 'SIGHUP'] as const)(
  '%s ends every process with status 0, and leaves no file',
  async (signal) => {
    const tree = await treeOf(dev.pid)
    expect(tree.some(({ command }) => command.includes('workerd'))).toBe(true)
    expect(tree.filter(({ command }) => command.includes('src/main.ts'))).toHaveLength(2)
    await get(dev.url('injected'))
    dev.signal(signal)
    expect(await dev.exited).toEqual({ code: 0, signal: null })
    expect(dev.events.at(-1)).toMatchObject({ event: 'stopped' })
    const left = await listProcesses()
    expect(left.filter(({ pid }) => tree.some((entry) => entry.pid === pid))).toEqual([])
    expect(await processesIn(project.folder)).toEqual([])
    const untouched = await copyProject()
    const before = await readdir(untouched.folder, { recursive: true })
    await untouched.remove()
    expect(await listFiles()).toEqual([...before, 'tmp', 'tmp/.keep'].toSorted())
    expect(dev.stderr()).toBe('')
  },
)

test('a Ctrl-C that the whole terminal gets, twice at once, is one', async () => {
  process.kill(-dev.pid, 'SIGINT')
  dev.signal('SIGINT')
  expect(await dev.exited).toEqual({ code: 0, signal: null })
  expect(dev.stderr()).toBe('')
})

test('requests in flight are answered before the end, and streams of the app ended', async () => {
  const slow = ['port-bound', 'injected'].map((side) => get(`${dev.url(side)}/slow`))
  const stream = await fetch(`${dev.url('port-bound')}/events`)
  await delay(100)
  dev.signal('SIGINT')
  expect(await Promise.all(slow)).toEqual(['slow', 'slow'])
  await stream.body?.cancel()
  expect(await dev.exited).toEqual({ code: 0, signal: null })
})

test('a second Ctrl-C does not wait', async () => {
  await project.write('app/src/greeting.ts', 'export const greeting = "x"\n')
  await dev.next('reloaded', 'injected')
  const hanging = ['port-bound', 'injected'].map((side) =>
    get(`${dev.url(side)}/hang`).catch(() => 'cut off'),
  )
  await delay(100)
  dev.signal('SIGINT')
  await dev.next('stopping')
  await delay(600)
  const tree = await treeOf(dev.pid)
  expect(tree.length).toBeGreaterThan(1)
  dev.signal('SIGINT')
  expect(await dev.exited).toEqual({ code: 0, signal: null })
  await Promise.all(hanging)
  expect(await processesIn(project.folder)).toEqual([])
  await rm(temporary, { recursive: true })
})

test('when nobody reads what it tells any more it ends', async () => {
  dev.stopReading()
  await get(`${dev.url('port-bound')}/log`).catch(() => '')
  expect(await dev.exited).toEqual({ code: 0, signal: null })
  expect(await processesIn(project.folder)).toEqual([])
})

test('it can be stopped before it is ready', async () => {
  const early = startDev(project.folder)
  while ((await treeOf(early.pid)).length < 2) await delay(10)
  early.signal('SIGINT')
  expect(await early.exited).toEqual({ code: 0, signal: null })
})
