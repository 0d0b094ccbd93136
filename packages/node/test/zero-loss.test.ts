import { execFile } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterEach, beforeAll, describe, expect, test } from 'vitest'
import { temporaryFolder } from './kv-attachment.ts'
import { freePort } from './kv-redis-server.ts'
import { killAll } from './process.ts'
import { kills, shortPlan } from './zero-loss/plan.ts'
import { createRandom } from './zero-loss/random.ts'
import { describeLosses, nameOf, wasAnswered } from './zero-loss/report.ts'
import { haproxy } from './zero-loss/routers/haproxy.ts'
import { leastRight, type Result, runScenario } from './zero-loss/scenario.ts'
import { lost, sum } from './zero-loss/tally.ts'
import { oneOfTwo } from './zero-loss/ways/one-of-two.ts'
import { replaced } from './zero-loss/ways/replaced.ts'

const execute = promisify(execFile)

afterEach(killAll)

const seed = Math.floor(Math.random() * 2 ** 31)

/** Every kind of request was there, and some were under way at each signal. */
function expectLoad({ counts, signals, scenario }: Result): void {
  expect(signals.map(({ inFlight }) => inFlight > 0)).toEqual(
    Array.from({ length: scenario.restarts }, () => true),
  )
  for (const [kind, { right }] of counts) {
    expect([kind, right >= leastRight * scenario.restarts]).toEqual([kind, true])
  }
}

describe(`nothing is lost (seed ${seed})`, () => {
  const random = createRandom(seed)
  test.each(shortPlan.map((scenario) => [nameOf(scenario).join(', '), scenario] as const))(
    '%s',
    async (_, scenario) => {
      const result = await runScenario(scenario, random)
      expectLoad(result)
      expect(describeLosses(result)).toBe('')
    },
  )
})

test('a worker that is killed takes what it was answering with it, and nothing else', async () => {
  const result = await runScenario({ ...kills, restarts: 2 }, createRandom(seed))
  expectLoad(result)
  const besides = result.losses.filter((loss) => !wasAnswered(loss, result.signals))
  expect(describeLosses({ ...result, losses: besides })).toBe('')
})

// HAProxy resets connections that it has enough of, also as their end is being written. Without
// checks it may lose what it then asks: here it is about the servers, which are to end by themselves.
test('a router that resets HTTP/2 connections does not hold up the end', async () => {
  const ways = { way: replaced, keepsConnections: true, isHttp2: true }
  const scenario = { router: haproxy, ...ways, restarts: 4 }
  expect((await runScenario(scenario, createRandom(seed))).signals).toHaveLength(4)
})

test('what a server loses that is gone at once is seen', async () => {
  const program = 'exits-at-once.ts'
  const scenario = { router: haproxy, way: oneOfTwo, restarts: 2, program }
  const result = await runScenario(scenario, createRandom(seed))
  expectLoad(result)
  expect(lost(sum(result.counts.values()))).toBeGreaterThan(0)
})

describe('the page of the documentation', () => {
  const page = readFileSync(new URL('../../../docs/zero-loss.md', import.meta.url), 'utf8')
  const blockOf = (language: string) => {
    const block = new RegExp(`^\`\`\`${language}\n([^]*?)^\`\`\`$`, 'm').exec(page)?.[1]
    return block?.replace(':8000', `:${port}`).replace('listen 8000', `listen ${port}`) ?? ''
  }
  let port = 0
  beforeAll(async () => void (port = await freePort()))

  test.each([
    ['haproxy', (text: string) => text, ['-c', '-f']],
    ['nginx', inNginx, ['-t', '-e', 'stderr', '-c']],
    ['caddy', (text: string) => text, ['validate', '--adapter', 'caddyfile', '--config']],
  ] as const)('configures %s as it accepts it', async (command, complete, args) => {
    const { path, remove } = await temporaryFolder()
    const file = join(path, 'configuration')
    await writeFile(file, complete(blockOf(command), path))
    const run = execute(command, [...args, file], { env: { ...process.env, HOME: path } })
    await run.finally(remove)
  })
})

/** The page shows what goes into `http`; the rest keeps nginx out of the machine's own folders. */
function inNginx(text: string, folder: string): string {
  const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi']
  const paths = temporary.map((name) => `${name}_temp_path ${folder}/${name};`).join('\n')
  return `pid ${folder}/pid; events {} http { access_log off; ${paths}\n${text} }`
}
