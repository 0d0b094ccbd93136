import path from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Fleet, generateAndRun, processTarget, startFleet } from '@mooring/parity'

function server(name: string, isBroken: boolean) {
  const env = { BROKEN: isBroken ? '1' : '0' }
  const args = ['--disable-warning=ExperimentalWarning', 'faulty.ts']
  const cwd = path.join(import.meta.dirname, 'fixtures')
  return processTarget({ name, command: process.execPath, args, cwd, env })
}

let fleet: Fleet | undefined
beforeAll(async () => {
  fleet = await startFleet([server('node', false), server('node@broken', true)])
})
afterAll(() => fleet?.stop())

/** What a server that is broken in this way is told to have failed in: a case, without its name. */
async function failureIn(fault: string) {
  const routes = [{ method: 'ALL', path: `/${fault}/:a/:b` }]
  const results = await generateAndRun(fleet!, { routes, generate: 100, seed: 1 }, [])
  const [first, ...others] = results.filter(({ undeclared }) => undeclared.length > 0)
  expect(new Set(others.map(({ like }) => like))).not.toContain(undefined)
  const [, ...lines] = first!.case.text!().trimEnd().split('\n')
  return { lines: lines.filter((line) => line !== 'Host: localhost'), logged: first!.logged }
}

test.each([
  ['method', ['PROPFIND /method HTTP/1.1']],
  ['path', ['GET /path/a%2F HTTP/1.1']],
  ['query', ['GET /query?f=%E9 HTTP/1.1']],
  ['header', ['GET /header HTTP/1.1', 'X-Forwarded-Proto:']],
  ['encoding', ['GET /encoding HTTP/1.1', 'Content-Encoding: deflate']],
  ['head', ['GET /head?long={{repeat 2990 q}} HTTP/1.1']],
  ['order', ['DELETE /a HTTP/1.1', '---', 'GET /order HTTP/1.1']],
  ['pipelined', ['GET / HTTP/1.1', '---', '@pipelined', 'GET /pipelined HTTP/1.1']],
])('a server that is wrong about a %s fails in the smallest request', async (fault, lines) => {
  const { lines: smallest, logged } = await failureIn(fault)
  expect(smallest).toEqual(lines)
  const text = expect.stringContaining(`broken: /${fault}`)
  expect(logged).toEqual([{ target: 'node@broken', text }])
})

test.each([
  ['body', 'Content-Length: ', /^(?:.*\\u00ff"\}\}|\{\{hex (?:\w\w)*ff\}\})$/],
  ['size', 'Content-Length: 65537', /^\{\{repeat 65537 x\}\}$/],
  ['chunks', 'Transfer-Encoding: chunked', /^\{\{text "1\\r\\n.\\r\\n0\\r\\n\\r\\n"\}\}$/],
])('a server that is wrong about %s fails in the smallest body', async (fault, framing, body) => {
  const [first, second, empty, only, ...more] = (await failureIn(fault)).lines
  expect(first).toMatch(new RegExp(`^[A-Z]+ /${fault} HTTP/1\\.1$`))
  expect(second).toContain(framing)
  expect([empty, ...more]).toEqual([''])
  expect(only).toMatch(body)
})
