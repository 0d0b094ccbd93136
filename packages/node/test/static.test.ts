import { mkdir, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { diskSuite, writeDiskFolder } from '../../core/test/static/disk-suite.ts'
import { fallbackSuite } from '../../core/test/static/fallback-suite.ts'
import { staticSuite } from '../../core/test/static/suite.ts'
import { killAll, launch, type Server, startServer } from './process.ts'

let folder: Awaited<ReturnType<typeof writeDiskFolder>>
let server: Server

beforeAll(async () => {
  folder = await writeDiskFolder()
  server = await startServer('static.ts', { BASE: `file://${folder.path}/app.js` })
})

afterAll(async () => {
  await killAll()
  await folder.remove()
})

describe('static files, from disk', () => {
  staticSuite(() => server.port)
  diskSuite(
    () => server.port,
    () => folder.path,
  )
})

describe('with a fallback', () => {
  let falling: Server
  beforeAll(async () => {
    const env = { BASE: `file://${folder.path}/app.js`, FALLBACK: 'on' }
    falling = await startServer('static.ts', env)
  })
  fallbackSuite(() => falling.port)

  test('that is not there it does not start', async () => {
    const other = path.join(folder.path, 'empty')
    await mkdir(path.join(other, 'public'), { recursive: true })
    const env = { PORT: '0', BASE: `file://${other}/app.js`, FALLBACK: 'on' }
    const program = launch('static.ts', env)
    expect(await program.exited).toBe(78)
    expect(program.stderr()).toContain('has no /index.html, which is its fallback')
  })
})

test.each([
  ['_redirects', '/a /b', 'MOORING_E_STATIC: The static folder has '],
  ['.assetsignore', 'secret', 'MOORING_E_STATIC: The static folder has '],
  ['_headers', 'X-Name: value', '_headers, line 1: "X-Name: value".'],
  ['_headers', '/a\n  broken', '_headers, line 2: "broken".'],
])('%s that cannot be obeyed ends the start', async (name, text, message) => {
  const other = path.join(folder.path, `other-${name}-${text.length}`)
  await mkdir(path.join(other, 'public'), { recursive: true })
  await writeFile(path.join(other, 'public', name), text)
  const program = launch('static.ts', { PORT: '0', BASE: `file://${other}/app.js` })
  expect(await program.exited).toBe(78)
  expect(program.stderr()).toContain(message)
})

test('a folder that is not there stops the start', async () => {
  const program = launch('static.ts', { PORT: '0', BASE: 'file:///no/such/app.js' })
  expect(await program.exited).toBe(78)
  expect(program.stderr()).toContain('MOORING_E_STATIC: The static folder /no/such/public/ cannot')
})
