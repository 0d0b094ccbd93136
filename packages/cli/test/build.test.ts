import { execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { cp, mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { createInterface } from 'node:readline'
import { promisify } from 'node:util'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { bin } from './support/dev.ts'
import { copyProject, type Project } from './support/project.ts'

let project: Project

beforeEach(async () => {
  project = await copyProject()
})

afterEach(() => project.remove())

function build(folder: string): Promise<{ code: number; stdout: string; stderr: string }> {
  const options = { cwd: project.folder }
  return new Promise((resolve) => {
    execFile(process.execPath, [bin, 'build', folder], options, (error, stdout, stderr) => {
      resolve({ code: Number(error?.code ?? 0), stdout, stderr })
    })
  })
}

test('the bundle runs where there is no node_modules, with its static files', async () => {
  await project.write('node/dist/server/left-over.js', '')
  const { code, stdout, stderr } = await build('node')
  expect(stderr).toBe('')
  expect(code).toBe(0)
  expect(stdout).toMatch(/^node\/dist\/main\.js +[\d.]+ kB/m)
  expect(stdout).toMatch(/^node\/dist\/server\/main\.js +[\d.]+ kB +[\d.]+ kB gzip$/m)
  expect(stdout).toMatch(/^1 static file +0\.0 kB +0\.0 kB gzip$/m)
  const files = await readdir(path.join(project.folder, 'node/dist/server'))
  expect(files).not.toContain('left-over.js')
  // What is imported lazily, the Redis client, is a file of its own.
  expect(files.filter((name) => name.endsWith('.js')).length).toBeGreaterThan(1)

  const elsewhere = await mkdtemp(path.join(tmpdir(), 'mooring-build-'))
  await cp(path.join(project.folder, 'node/dist'), elsewhere, { recursive: true })
  const flags = ['--no-experimental-detect-module']
  const server = spawn(process.execPath, [...flags, 'main.js'], {
    cwd: elsewhere,
    env: {
      PORT: '0',
      HOST: '127.0.0.1',
      STORE_URL: 'memory:',
      JOBS_URL: 'file:./jobs.sqlite',
      PREVIEW_URL: 'http://127.0.0.1:9',
    },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const [line] = (await once(createInterface({ input: server.stdout }), 'line')) as [string]
  const { url } = JSON.parse(line) as { url: string }
  expect(await (await fetch(`${url}/`)).text()).toBe('hello')
  expect(await (await fetch(`${url}/file.txt`)).text()).toBe('static file\n')
  server.kill('SIGTERM')
  expect(await once(server, 'exit')).toEqual([0, null])

  const asked = { MOORING_DESCRIBE: '1', NODE_DEBUG_NATIVE: 'COMPILE_CACHE' }
  const options = { cwd: elsewhere, env: asked }
  const { stderr: told } = await promisify(execFile)(process.execPath, ['main.js'], options)
  expect(told).toMatch(/code cache for ESM file:.*\/server\/main\.js was accepted/)
  await rm(elsewhere, { recursive: true })
})

test('a CommonJS package that is imported lazily has the names that it has in Node', async () => {
  const inPackage = (file: string) => `node/node_modules/lazy/${file}`
  await project.write(inPackage('package.json'), '{ "name": "lazy", "main": "index.js" }')
  await project.write(
    inPackage('index.js'),
    "exports.own = 'own'\nObject.assign(exports, { hidden: 1 })\n__exportStar(require('./more.js'), exports)\n" +
      'function __exportStar(from, to) { for (const name in from) to[name] = from[name] }\n',
  )
  await project.write(inPackage('more.js'), "exports.more = 'more'\n")
  await project.write(
    'node/src/main.ts',
    `import { serve } from '@mooring/node'
const lazy = await import('lazy')
const text = [lazy.own, lazy.more, lazy.default.own, lazy.hidden].join(' ')
await serve({ fetch: () => new Response(text) })
`,
  )
  expect((await build('node')).stderr).toBe('')
  const args = ['dist/main.js']
  const env = { PORT: '0', HOST: '127.0.0.1' }
  const cwd = path.join(project.folder, 'node')
  const server = spawn(process.execPath, args, { cwd, env, stdio: ['ignore', 'pipe', 'inherit'] })
  const [line] = (await once(createInterface({ input: server.stdout }), 'line')) as [string]
  const { url } = JSON.parse(line) as { url: string }
  expect(await (await fetch(url)).text()).toBe('own more own ')
  server.kill('SIGTERM')
  expect(await once(server, 'exit')).toEqual([0, null])
})

test('a static folder that the bundle would look for outside of dist is refused', async () => {
  const source = await project.read('app/src/app.ts')
  await project.write('app/src/app.ts', source.replace("'../public'", "'../../app/public'"))
  const { code, stderr } = await build('node')
  expect(code).toBe(1)
  expect(stderr).toMatch(
    /^MOORING_E_BUILD: The bundle of fixture would serve static files from node\/app\/public\.$/m,
  )
  expect(stderr).toContain('That is outside of node/dist')
  expect(stderr).toContain("static: { folder: '../public', base: import.meta.url }")
})

test('code that does not compile is told with its place', async () => {
  await project.write('app/src/greeting.ts', 'export const greeting = = 1\n')
  const { code, stderr } = await build('node')
  expect(code).toBe(1)
  expect(stderr).toContain('MOORING_E_BUILD: The app cannot be bundled.')
  expect(stderr).toContain('    app/src/greeting.ts:1:24')
})

test('a main file that serves nothing is told', async () => {
  await project.write('node/src/main.ts', "console.log('all done')\n")
  const { code, stderr } = await build('node')
  expect(code).toBe(1)
  expect(stderr).toContain('MOORING_E_BUILD: node/src/main.ts does not say what it serves.')
  expect(stderr).toContain('call serve(app)')
})
