import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { createWatcher, type Watcher } from './watcher.ts'

let folder: string
let file: string
let watcher: Watcher
/** What was in the file whenever a change was told. */
let told: Promise<string>[]

beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'watcher-'))
  file = path.join(folder, 'wrangler.jsonc')
  await writeFile(path.join(folder, 'package.json'), '{}')
  await writeFile(file, 'first')
  told = []
  const { readFile } = await import('node:fs/promises')
  watcher = createWatcher(
    (files) => files.includes(file) && told.push(readFile(file, 'utf8')),
    () => {},
  )
  watcher.follow({ files: [file], folders: [] })
  await watcher.ready()
})

afterEach(async () => {
  await watcher.close()
  await rm(folder, { recursive: true })
})

const last = async () => (await Promise.all(told)).at(-1)

test.each([0, 10, 35, 45, 60, 120])(
  'a save that is written in two steps, %i ms apart, is seen whole',
  async (ms) => {
    await writeFile(file, '')
    await delay(ms)
    await writeFile(file, 'whole')
    await expect.poll(last, { timeout: 10_000 }).toBe('whole')
  },
)

test('a save that is written again and again for a while is seen whole', async () => {
  for (let step = 0; step < 40; step++) {
    await writeFile(file, `step ${step}`)
    await delay(Math.random() * 60)
  }
  await writeFile(file, 'whole')
  await expect.poll(last, { timeout: 10_000 }).toBe('whole')
})

test('a file that is removed and comes again is told', async () => {
  await rm(file)
  await delay(40)
  await mkdir(path.join(folder, 'other'))
  await writeFile(file, 'again')
  await expect.poll(last, { timeout: 10_000 }).toBe('again')
})
