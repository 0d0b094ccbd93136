import { execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { bin } from './support/dev.ts'

const app = path.join(import.meta.dirname, '../../parity/probe')
const stores = ['WORK_URL', 'FEED_URL', 'NOTES_URL', 'STORE_URL'].map((name) => `${name}=memory:`)
const env = [...stores, 'NODE_ENV=test'].flatMap((set) => ['--env', set])
const folder = mkdtempSync(path.join(tmpdir(), 'mooring-parity-test-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

function parity(...args: string[]): Promise<{ code: number; stdout: string; stderr: string }> {
  return mooring(app, '--targets', 'node', ...env, ...args)
}

function mooring(...args: string[]): Promise<{ code: number; stdout: string; stderr: string }> {
  return new Promise((resolve) => {
    const all = [bin, 'parity', ...args]
    execFile(process.execPath, all, (error, stdout, stderr) => {
      resolve({ code: Number(error?.code ?? 0), stdout, stderr })
    })
  })
}

function write(name: string, text: string): string {
  const file = path.join(folder, name)
  writeFileSync(file, text)
  return file
}

const good = '### good\nGET /\n\nHTTP/1.1 200 OK\n\nhello\n\n'
const bad = '### bad\nGET /\n\nHTTP/1.1 404\n!Date\n\n<&>\n\n'

test('what differs is printed as a diff, and ends with 1; --only chooses', async () => {
  const file = write('both.http', good + bad)
  const both = await parity('--cases', file)
  expect(both.stderr).toBe('')
  expect(both.stdout).toMatch(
    /undeclared +bad +\S+both\.http:8\n +\S+both\.http:9 +GET .*\n +node: status +\S+both\.http:11\n +- 404\n +\+ 200\n/,
  )
  expect(both).toMatchObject({ code: 1 })
  const one = await parity('--cases', file, '--only', 'none,g*d,both.http:3', '--json')
  expect(JSON.parse(one.stdout)).toMatchObject({
    targets: ['node'],
    cases: [{ name: 'good', undeclared: [] }],
  })
  expect(one.code).toBe(0)
})

test('JUnit and JSON go into files beside the report, or one of them to stdout', async () => {
  const [junit, json] = ['reports/parity.xml', 'reports/parity.json'].map((name) =>
    path.join(folder, name),
  )
  const cases = write('bad.http', bad)
  const files = [`--junit=${junit}`, `--json=${json}`]
  const { stdout, code } = await parity('--cases', cases, ...files)
  expect(stdout).toContain('1 case on node: 1 with an undeclared difference')
  expect(code).toBe(1)
  const xml = readFileSync(junit!, 'utf8')
  expect(xml).toContain('tests="1" failures="1"')
  expect(xml).toContain(`file="${cases}" line="1"`)
  expect(xml).toContain(`${cases}:7: node, body\n- &#60;&#38;&#62;\n+ hello`)
  expect(JSON.parse(readFileSync(json!, 'utf8'))).toMatchObject({
    cases: [{ line: 1, failedLine: 2, undeclared: [{ line: 4 }, { line: 5 }, { line: 7 }] }],
  })
  for (const [mistake, why] of [
    [['--json', '--junit'], '--json and --junit are both for stdout: give one a file'],
    [['--junit', 'parity.xml'], "a report's file is --junit=parity.xml"],
    [[`--json=${cases}/a.json`], `--json is "${cases}/a.json", which cannot be written: `],
  ] as const) {
    const stderr = expect.stringContaining(why)
    expect(await parity('--cases', cases, ...mistake)).toMatchObject({ code: 64, stderr })
  }
})

test('a mistake in a file of cases, or on the command line, is told with its place', async () => {
  const broken = await parity('--cases', write('broken.http', '### a\nGET\n'))
  expect(broken.stderr).toMatch(/MOORING_E_CLI: .*broken\.http:2:1: a: "GET" is no request line/)
  expect(broken.code).toBe(64)
  expect(await parity('--seed', 'x')).toMatchObject({
    code: 64,
    stderr: expect.stringContaining('--seed is "x", expected a whole number'),
  })
  expect(await parity('--targets', 'chrome')).toMatchObject({
    code: 64,
    stderr: expect.stringContaining('--targets has "chrome", expected node, bun or deno'),
  })
})

test('a run that would compare nothing is a mistake', async () => {
  expect(await parity('--cases', write('one.http', good), '--only', 'nothing')).toMatchObject({
    code: 64,
    stderr: expect.stringMatching(
      /--only is nothing, and none of 1 cases .* nearest name is "good"/,
    ),
  })
  for (const [label, why] of [
    ['D-999 node', 'there is no D-999: mooring parity --list has all'],
    ['D-04 wrkerd', '"wrkerd" is no target, such as workerd or node@22'],
  ]) {
    const unknown = `${good}[${label}]\nHTTP/1.1 500\n`
    expect(await parity('--cases', write('unknown.http', unknown))).toMatchObject({
      code: 64,
      stderr: expect.stringContaining(`unknown.http:1: good: ${why}`),
    })
  }
})

test('what goes through the proxy is written down, and replays', async () => {
  const file = path.join(folder, 'recorded.http')
  const args = [bin, 'parity', app, '--targets', 'node', ...env, '--record', file]
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'ignore', 'pipe'] })
  let told = ''
  child.stderr.setEncoding('utf8').on('data', (chunk: string) => void (told += chunk))
  await expect.poll(() => told).toContain('recording')
  const url = /http:\/\/[\d.:]+/.exec(told)![0]
  const body = 'a=1&b=%C3%A9'
  const headers = { 'Content-Type': 'application/x-www-form-urlencoded' }
  await (await fetch(`${url}/request/form`, { method: 'POST', body, headers })).text()
  await (await fetch(`${url}/response/raw/none`)).text()
  const events = (await fetch(`${url}/stream/events/1000000`)).body!.getReader()
  await events.read()
  await events.cancel()
  await expect.poll(() => readFileSync(file, 'utf8')).toContain('@events ')
  child.kill('SIGINT')
  expect(await once(child, 'exit')).toEqual([130, null])
  expect(readFileSync(file, 'utf8')).toContain('{"a":"1","b":"é"}')
  expect(await parity('--record', file)).toMatchObject({
    code: 64,
    stderr: expect.stringMatching(/--record is ".*recorded\.http", which has cases: name another/),
  })
  const { stdout, code } = await parity('--cases', file)
  expect(stdout).toContain('3 cases on node: no undeclared difference')
  expect(code).toBe(0)
})

/** A folder with an app that is this program. */
function program(name: string, text: string): string {
  mkdirSync(path.join(folder, name, 'src'), { recursive: true })
  mkdirSync(path.join(folder, name, 'parity'))
  write(`${name}/parity/good.http`, good)
  write(`${name}/src/main.ts`, text)
  return path.join(folder, name)
}

test('an app that does not start is told with what it said, and without a stack of ours', async () => {
  const broken = program('broken', "console.error('no database')\nprocess.exit(3)\n")
  const { code, stderr } = await mooring(broken)
  expect(stderr).toMatch(
    /^only node: .*\nMOORING_E_TARGET: node exited with 3\.\n.*\n {2}no database\n {2}Fix: mend /,
  )
  expect(stderr).not.toContain('    at ')
  expect(code).toBe(1)
})

test('Ctrl-C while the app starts leaves no process behind', async () => {
  const pidFile = path.join(folder, 'pid')
  const slow = program(
    'slow',
    `import { writeFileSync } from 'node:fs'
    writeFileSync(${JSON.stringify(pidFile)}, String(process.pid))
    setInterval(() => {}, 1_000)\n`,
  )
  const child = spawn(process.execPath, [bin, 'parity', slow], { stdio: 'ignore' })
  const pid = () => Number(readFileSync(pidFile, 'utf8'))
  await expect.poll(pid, { timeout: 20_000 }).toBeGreaterThan(0)
  child.kill('SIGINT')
  expect(await once(child, 'exit')).toEqual([130, null])
  expect(() => process.kill(pid(), 0)).toThrow('ESRCH')
})

test('the error that an app has logged is below what differs', async () => {
  const failing = program(
    'failing',
    `import { createServer } from 'node:http'
    const log = (event) => console.log(JSON.stringify(event))
    const server = createServer((_, response) => {
      log({ level: 'error', message: 'no database' })
      response.writeHead(500).end()
    })
    server.listen(Number(process.env.PORT), '127.0.0.1', () => {
      log({ message: 'listening', port: server.address().port })
    })\n`,
  )
  const { code, stdout } = await mooring(failing)
  expect(stdout).toMatch(/ - 200\n +\+ 500\n[^]* node logged:\n {4}no database\n/)
  expect(code).toBe(1)
})

test('an event stream without an end is read until nothing comes, not until a time-out', async () => {
  const endless = program(
    'endless',
    `import { createServer } from 'node:http'
    const server = createServer((request, response) => {
      response.setHeader('Content-Type', 'text/event-stream')
      response.write('data: 1\\n\\n')
    })
    server.listen(Number(process.env.PORT), '127.0.0.1', () => {
      console.log(JSON.stringify({ message: 'listening', port: server.address().port }))
    })
    process.on('SIGTERM', () => process.exit())\n`,
  )
  const body = '{{text "data: 1\\n\\n"}}(no end)'
  const cases = write('endless.http', `### waits\nGET /\n\nHTTP/1.1 200\n\n${body}\n`)
  const { stdout } = await mooring(endless, '--cases', cases)
  expect(stdout).toContain('1 case on node: no undeclared difference')
})

test('Ctrl-C while an answer is waited for reports no result', async () => {
  const asked = path.join(folder, 'asked')
  const silent = program(
    'silent',
    `import { createServer } from 'node:http'
    import { writeFileSync } from 'node:fs'
    const server = createServer(() => writeFileSync(${JSON.stringify(asked)}, 'yes'))
    server.listen(Number(process.env.PORT), '127.0.0.1', () => {
      console.log(JSON.stringify({ message: 'listening', port: server.address().port }))
    })\n`,
  )
  write('silent/parity/good.http', '### nothing is stated\nGET /\n')
  const child = spawn(process.execPath, [bin, 'parity', silent], {
    stdio: ['ignore', 'pipe', 'ignore'],
  })
  let told = ''
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => void (told += chunk))
  await expect.poll(() => existsSync(asked), { timeout: 20_000 }).toBe(true)
  child.kill('SIGINT')
  expect(await once(child, 'close')).toEqual([130, null])
  expect(told).toBe('')
})

test('requests are generated for routes that there are, of an app that starts', async () => {
  const wrong = await parity('--generate', '1', '--except', '/request/twise')
  expect(wrong.code).toBe(64)
  expect(wrong.stderr).toContain('--except is "/request/twise", which is no route; near it: ')
  expect(wrong.stderr).toContain('"/request/twice"')
  const unset = await mooring(app, '--targets', 'node', '--generate', '1')
  expect(unset.code).toBe(1)
  expect(unset.stderr).toMatch(/^MOORING_E_TARGET: node exited with 78\./)
})
