import { mkdir, mkdtemp, realpath, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { type BundleCheck, createBundleCheck } from './bundle-check.ts'

let folder: string
let check: BundleCheck

beforeEach(async () => {
  folder = await realpath(await mkdtemp(path.join(tmpdir(), 'mooring-check-')))
  await write('main.ts', "import { a } from './a.ts'\nimport dep from 'dep'\nconsole.log(a, dep)\n")
  await write('a.ts', 'export const a: number = 1\n')
  await write('node_modules/dep/package.json', '{ "name": "dep", "main": "index.js" }')
  await write('node_modules/dep/index.js', 'module.exports = 1\n')
  check = await createBundleCheck(path.join(folder, 'main.ts'))
})

afterEach(async () => {
  await check.close()
  await rm(folder, { recursive: true })
})

async function write(file: string, content: string): Promise<void> {
  const absolute = path.join(folder, file)
  await mkdir(path.dirname(absolute), { recursive: true })
  await writeFile(absolute, content)
}

const inputs = () => check.inputs().map((file) => path.relative(folder, file))

test('follows what belongs to the app, and leaves packages out', async () => {
  expect(await check.run()).toMatchObject({ ok: true })
  expect(inputs()).toEqual(['main.ts', 'a.ts'])
})

test('tells a save that changes what runs, or its lines, from one that does not', async () => {
  const before = await check.run()
  await write('a.ts', 'export const a: number = 1 // a remark\n')
  expect(await check.run()).toEqual(before)
  await write('a.ts', '\nexport const a: number = 1\n')
  expect(await check.run()).not.toEqual(before)
  await write('a.ts', 'export const a: number = 2\n')
  expect(await check.run()).not.toEqual(before)
})

test('a package of the workspace is followed to its source', async () => {
  const { symlink } = await import('node:fs/promises')
  await write('packages/own/package.json', '{ "name": "own", "exports": "./src.ts" }')
  await write('packages/own/src.ts', 'export const own = 1\n')
  await symlink(path.join(folder, 'packages/own'), path.join(folder, 'node_modules/own'))
  await write('a.ts', "export { own as a } from 'own'\n")
  expect(await check.run()).toMatchObject({ ok: true })
  expect(inputs()).toEqual(['main.ts', 'a.ts', 'packages/own/src.ts'])
})

test('says where the code does not parse, and still knows what to watch', async () => {
  await write('a.ts', 'export const a = = 1\n')
  const checked = await check.run()
  expect(checked).toMatchObject({
    ok: false,
    messages: [{ location: { file: path.join(folder, 'a.ts'), line: 1, column: 17 } }],
  })
  expect(inputs()).toEqual(['main.ts', 'a.ts'])
})

test('says what is missing of a package that is there', async () => {
  await write('node_modules/dep/package.json', '{ "name": "dep", "exports": "./absent.js" }')
  const checked = await check.run()
  const text = 'The module "./absent.js" was not found on the file system:'
  const location = { file: path.join(folder, 'node_modules/dep/package.json'), line: 1 }
  expect(checked).toMatchObject({
    messages: [{ text: 'Could not resolve "dep"', notes: [{ text, location }, {}] }],
  })
})

test('says what does not resolve', async () => {
  await write('a.ts', "export { a } from './b.ts'\n")
  expect(await check.run()).toMatchObject({
    ok: false,
    messages: [{ text: 'Could not resolve "./b.ts"' }],
  })
  await write('a.ts', "export { a } from 'no-such-package'\n")
  expect(await check.run()).toMatchObject({
    ok: false,
    messages: [{ text: expect.stringContaining('"no-such-package"') }],
  })
})
