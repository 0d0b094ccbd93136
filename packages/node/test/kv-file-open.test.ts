import { execFile } from 'node:child_process'
import { chmod, mkdir, readFile, stat, writeFile } from 'node:fs/promises'
import { dirname, join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { beforeAll, describe, expect, test } from 'vitest'
import { openFileKv } from '../../port-bound/src/kv/kv-file.ts'
import { attachmentOf, errorOf, node, temporaryFolder } from './kv-attachment.ts'

const run = promisify(execFile)
const counter = fileURLToPath(new URL('./fixtures/kv-counter.ts', import.meta.url))

let folder: string
beforeAll(async () => {
  const { path, remove } = await temporaryFolder()
  folder = path
  return remove
})

let files = 0
const newPath = () => join(folder, `${files++}.sqlite`)

async function openAndClose(url: string): Promise<void> {
  const { handle: kv, close } = await openFileKv(attachmentOf(url))
  await kv.put('key', 'value')
  await close?.()
}

describe('the path of a file: URL', () => {
  test.each([
    ['absolute', (path: string) => `file:${path}`],
    ['absolute, with an empty host', (path: string) => `file://${path}`],
    ['relative to the working directory', (path: string) => `file:${relative('.', path)}`],
    ['relative with a dot', (path: string) => `file:./${relative('.', path)}`],
    ['with percent-encoding', (path: string) => `file:${path.replaceAll(' ', '%20')}`],
  ])('may be %s', async (_, urlOf) => {
    const path = join(folder, `a new folder ${files}`, `${files++}.sqlite`)
    await openAndClose(urlOf(path))
    expect((await stat(path)).isFile()).toBe(true)
  })

  test('may have white space around it, as a line of an env file has', async () => {
    const path = newPath()
    await openAndClose(`file:${path} `)
    expect((await stat(path)).isFile()).toBe(true)
  })

  test.each([
    ['a query', 'file:./a.sqlite?mode=ro', '%3F'],
    ['a fragment', 'file:./a#b.sqlite', '%23'],
    ['no path', 'file:', 'folder'],
    ['a folder', 'file:./folder/', 'folder'],
    ['another machine', 'file://elsewhere/a.sqlite', 'localhost'],
  ])('is refused with %s', async (_, url, reason) => {
    const error = await errorOf(openFileKv(attachmentOf(url)))
    expect(error).toMatchObject({ code: 'MOORING_E_KV_UNREACHABLE' })
    expect(error).toHaveProperty('why', expect.stringContaining(reason))
    expect(error.message).toContain(
      'The kv resource "store" (STORE_URL port-bound, binding STORE injected)',
    )
  })
})

describe('a file that cannot be a store', () => {
  const refusal = async (path: string) => {
    const error = await errorOf(openFileKv(attachmentOf(`file:${path}`)))
    expect(error).toMatchObject({ code: 'MOORING_E_KV_UNREACHABLE' })
    expect(error.message).toContain(
      'The kv resource "store" (STORE_URL port-bound, binding STORE injected)',
    )
    expect(error.message).toContain(path)
    return error
  }

  test('is one of another kind, which stays as it is', async () => {
    const path = newPath()
    const text = 'not a database, and longer than the head of one. '.repeat(100)
    await writeFile(path, text)
    expect(await refusal(path)).toHaveProperty('why', expect.stringContaining('not a database'))
    expect(await readFile(path, 'utf8')).toBe(text)
  })

  test('is a folder', async () => {
    const path = newPath()
    await mkdir(path)
    await refusal(path)
  })

  test('is in a folder of a folder that is not there: no path is made up', async () => {
    const path = join(folder, 'mistyped', 'data', 'a.sqlite')
    const why = `there is no folder ${join(folder, 'mistyped')} to make data in`
    expect(await refusal(path)).toHaveProperty('why', why)
    await expect(stat(join(folder, 'mistyped'))).rejects.toThrow('ENOENT')
  })

  test('is below a file', async () => {
    const path = newPath()
    await writeFile(path, '')
    await refusal(join(path, 'a.sqlite'))
  })

  test('is one that this user may only read', async () => {
    const path = newPath()
    await openAndClose(`file:${path}`)
    await chmod(dirname(path), 0o755)
    await chmod(path, 0o444)
    // The superuser may write everything: there the test is another user's process.
    const user = process.getuid?.() === 0 ? { uid: 65_534, gid: 65_534 } : {}
    const { stdout } = await run(node, [counter, `file:${path}`, 'key'], user)
    expect(stdout).toContain('MOORING_E_KV_UNREACHABLE')
    expect(stdout).toContain(path)
    expect(stdout).toContain('readonly')
  })
})

test('a store opens without the warning that SQLite is experimental, and hides no other', async () => {
  const program = `
    import { openFileKv } from ${JSON.stringify(new URL('../../port-bound/src/kv/kv-file.ts', import.meta.url))}
    import { attachmentOf } from ${JSON.stringify(new URL('./kv-attachment.ts', import.meta.url))}
    const { close } = await openFileKv(attachmentOf(process.argv[1]))
    await close()
    process.emitWarning('another one')
  `
  const args = ['--input-type=module', '--eval', program, `file:${newPath()}`]
  const { stderr } = await run(node, args)
  expect(stderr).toContain('Warning: another one')
  expect(stderr).not.toContain('SQLite')
})
