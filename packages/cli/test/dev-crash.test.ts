import { setTimeout as delay } from 'node:timers/promises'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Dev, get, startDev } from './support/dev.ts'
import {
  isAlive,
  listProcesses,
  processesIn,
  type ProcessEntry,
  treeOf,
} from './support/processes.ts'
import { copyProject, type Project } from './support/project.ts'

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

/** Children of the command whose command line fits. */
async function childOf(pid: number, pattern: RegExp): Promise<ProcessEntry> {
  const all = await listProcesses()
  const found = all.find(({ parent, command }) => parent === pid && pattern.test(command))
  if (!found) throw new Error(`no child of ${pid} fits ${pattern}`)
  return found
}

const appOf = async (folder: string) => {
  const inFolder = await processesIn(`${project.folder}/${folder}`)
  return inFolder.find(({ parent, command }) => parent === dev.pid && command.includes('main.ts'))!
}

/** Asks again and again until it is told to stop; what was no answer is kept. */
function keepAsking(url: string): () => Promise<string[]> {
  const failures: string[] = []
  let asking = true
  const done = (async () => {
    while (asking) {
      const answer = await get(url).catch((error: unknown) => String(error))
      if (answer !== 'hello') failures.push(answer)
      await delay(10)
    }
  })()
  return async () => {
    asking = false
    await done
    return failures
  }
}

test('a port-bound app that is killed is told, and started again; the other side goes on', async () => {
  const stop = keepAsking(dev.url('injected'))
  process.kill((await appOf('node')).pid, 'SIGKILL')
  expect(await dev.next('crashed', 'port-bound')).toMatchObject({ reason: 'ended by SIGKILL' })
  // The request waits for the new process.
  expect(await get(dev.url('port-bound'))).toBe('hello')
  await dev.next('restarted', 'port-bound')
  expect(await stop()).toEqual([])
})

test('an app that throws by itself is told with what it wrote', async () => {
  expect((await fetch(`${dev.url('port-bound')}/crash`, { method: 'POST' })).status).toBe(502)
  const crashed = await dev.next('crashed', 'port-bound')
  expect(crashed['reason']).toBe('exited with status 9')
  expect(crashed['output']).toContain('last words of the fixture')
  expect(await get(dev.url('port-bound'))).toBe('hello')
})

test('an edge host that is killed takes workerd with it, and both come again', async () => {
  const stop = keepAsking(dev.url('port-bound'))
  const host = await childOf(dev.pid, /edge\/host/)
  const workerd = await childOf(host.pid, /workerd/)
  process.kill(host.pid, 'SIGKILL')
  expect(await dev.next('crashed', 'injected')).toMatchObject({ reason: 'ended by SIGKILL' })
  expect(await get(dev.url('injected'))).toBe('hello')
  await dev.next('restarted', 'injected')
  expect(await isAlive(workerd.pid)).toBe(false)
  expect(await stop()).toEqual([])
})

test('a workerd that is killed comes again', async () => {
  const host = await childOf(dev.pid, /edge\/host/)
  process.kill((await childOf(host.pid, /workerd/)).pid, 'SIGKILL')
  expect(await dev.next('crashed', 'injected')).toMatchObject({ reason: 'workerd ended' })
  // It waits for the new one.
  expect(await get(dev.url('injected'))).toBe('hello')
  expect((await dev.next('restarted', 'injected'))['afterMs']).toBeGreaterThan(0)
})

test('a backing service that is killed comes again', async () => {
  process.kill((await appOf('preview')).pid, 'SIGKILL')
  await dev.next('crashed', 'preview')
  await dev.next('restarted', 'preview')
  expect(await get(`${dev.url('port-bound')}/preview`)).toBe('preview says hi')
})

test('a bundler that is killed does no harm: the next save shows on both sides', async () => {
  const save = async (text: string) => {
    await project.write('app/src/greeting.ts', `export const greeting = '${text}'\n`)
    for (const side of ['port-bound', 'injected']) {
      while ((await get(dev.url(side))) !== text) await delay(50)
    }
  }
  await save('before')
  const bundlers = (await treeOf(dev.pid)).filter(({ command }) => command.includes('--service='))
  expect(bundlers.length).toBeGreaterThan(1)
  for (const { pid } of bundlers) process.kill(pid, 'SIGKILL')
  await save('after')
})

test('when the command itself is killed nothing is left', async () => {
  dev.signal('SIGKILL')
  await dev.exited
  while ((await processesIn(project.folder)).length > 0) await delay(50)
})
