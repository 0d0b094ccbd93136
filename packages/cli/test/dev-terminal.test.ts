import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFile } from 'node:fs/promises'
import path from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { stripVTControlCharacters } from 'node:util'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { bin } from './support/dev.ts'
import { processesIn } from './support/processes.ts'
import { copyProject, type Project } from './support/project.ts'

let project: Project
let terminal: ChildProcess
let screen = ''

beforeEach(async () => {
  project = await copyProject()
  screen = ''
  // What `o` starts; it writes down what it was asked to open.
  await project.write('bin/xdg-open', '#!/bin/sh\necho "$1" > opened\n', 0o755)
})

afterEach(async () => {
  terminal.stdin!.end()
  terminal.kill('SIGTERM')
  if (terminal.exitCode === null) await once(terminal, 'exit')
  await project.remove()
})

/** Runs the command on a terminal of its own, and then says how the command left it. */
function startOnTerminal(folder: string, args: string): void {
  const command = `${process.execPath} ${bin} ${args}; echo "status $?"; stty -a`
  const { NO_COLOR: _, FORCE_COLOR: __, NODE_ENV: ___, ...env } = process.env
  terminal = spawn('script', ['-qfc', command, '/dev/null'], {
    cwd: path.join(project.folder, folder),
    env: {
      ...env,
      TERM: 'xterm-256color',
      PORT: '0',
      EDGE_PORT: '0',
      PATH: `${path.join(project.folder, 'bin')}:${env['PATH']}`,
    },
    stdio: ['pipe', 'pipe', 'inherit'],
  })
  terminal.stdout!.on('data', (chunk: Buffer) => {
    screen += stripVTControlCharacters(chunk.toString()).replaceAll('\r', '')
  })
}

async function shows(text: string | RegExp): Promise<void> {
  while (!(typeof text === 'string' ? screen.includes(text) : text.test(screen))) await delay(20)
}

const press = (key: string) => terminal.stdin!.write(key)

test('the banner tells all there is to know, once, and the keys do what it says', async () => {
  startOnTerminal('.', 'dev node edge --with preview=preview')
  await shows('q quit')
  expect(screen).toMatch(/^\s*Mooring 0\.1\.0 ready in \d+ ms$/m)
  expect(screen).toMatch(/^ {2}port-bound {2}http:\/\/localhost:\d+ {2}node$/m)
  expect(screen).toMatch(/^ {2}injected {4}http:\/\/localhost:\d+ {2}edge$/m)
  expect(screen).toMatch(/^ {2}preview {5}http:\/\/localhost:\d+ {2}preview$/m)
  expect(screen).toMatch(
    /^ {2}port-bound +store kv +→ file:\.mooring\/store\.sqlite \(embedded default\)$/m,
  )
  expect(screen).toMatch(/^ +preview service +→ http:\/\/localhost:\d+$/m)
  expect(screen).toMatch(
    /^ {2}injected +STORE kv +→ local KV in edge\/\.mooring\/edge \(embedded default\)$/m,
  )
  expect(screen).toMatch(/^ +PREVIEW service +→ Worker fixture-preview$/m)
  expect(screen).toMatch(/^ {2}r restart {2}o open {2}q quit$/m)

  press('o')
  const [, url] = /(http:\/\/localhost:\d+) {2}node/.exec(screen)!
  const opened = () => readFile(path.join(project.folder, 'opened'), 'utf8').catch(() => '')
  while ((await opened()) !== `${url}\n`) await delay(20)

  press('r')
  for (const side of ['port-bound', 'injected', 'preview']) {
    await shows(new RegExp(`✔ ${side} reloaded in \\d+ ms`))
  }
  await fetch(`${url}/log`)
  await shows('port-bound │ asked to log from=fixture')

  press('q')
  await shows('status 0')
  await shows(/[^-]icanon/)
  expect(screen.match(/Mooring 0\.1\.0/g)).toHaveLength(1)
  // Nothing of Wrangler's or of workerd's own.
  expect(screen).not.toMatch(/wrangler|miniflare|Ready on/i)
  const left = await processesIn(project.folder)
  expect(left.filter(({ command }) => /main\.ts|workerd|edge\/host|esbuild/.test(command))).toEqual(
    [],
  )
})

test('Ctrl-C ends it with status 0, and gives the terminal back', async () => {
  startOnTerminal('preview', 'dev')
  await shows('q quit')
  press('\u0003')
  await shows('stopping (SIGINT)')
  await shows('status 0')
  await shows(/[^-]icanon/)
})

test('one mistake on both sides is shown once, with the code around it', async () => {
  startOnTerminal('preview', 'dev')
  await shows('q quit')
  const source = await project.read('preview/src/app.ts')
  await project.write('preview/src/app.ts', source.replace('new Hono()', 'new Hono(('))
  await shows(/✘ (port-bound|injected) The code does not compile \(as above\)/)
  expect(screen).toMatch(
    /✘ \S+ The code does not compile \(the last good version goes on answering\)/,
  )
  expect(screen.match(/src\/app\.ts:3:\d+:/g)).toHaveLength(1)
  expect(screen).toMatch(/3 │ export default new Hono\(\(/)
  await project.write('preview/src/app.ts', source)
  // A save that comes before the source was looked at for the first time leads to a new start.
  await shows(/✔ port-bound (runs again|reloaded)/)
  await shows(/✔ injected (runs again|reloaded)/)
  press('q')
  await shows('status 0')
})
