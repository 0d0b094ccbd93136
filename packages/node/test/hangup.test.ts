import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { afterEach, expect, test } from 'vitest'
import { bareEnvironment, endWithTheTest, killAll, node, startServer } from './process.ts'

afterEach(killAll)

test('SIGHUP without workers is ignored, and the log says so', async () => {
  const server = await startServer('app.ts')
  server.child.kill('SIGHUP')
  expect(await server.event('SIGHUP is ignored')).toMatchObject({ level: 'warn' })
  expect((await fetch(server.url)).status).toBe(200)
})

test('a terminal that is closed drains', async () => {
  const app = fileURLToPath(new URL('fixtures/app.ts', import.meta.url))
  // script(1) gives it a terminal, which goes away with script.
  const script = spawn('script', ['-qfc', `exec "${node}" "${app}"`, '/dev/null'], {
    env: { ...bareEnvironment, PORT: '0', STORE_URL: 'memory:' },
    stdio: ['pipe', 'pipe', 'ignore'],
  })
  endWithTheTest(script)
  let shown = ''
  script.stdout.on('data', (chunk) => void (shown += chunk))
  await expect.poll(() => shown, { timeout: 30_000 }).toMatch(/\(default\)/)
  const line = /listening on http:\/\/localhost:(\d+) store=memory: shutdown=10s \(default\)\r?\n/
  expect(shown).toMatch(line)
  const url = `http://127.0.0.1:${line.exec(shown)![1]}`
  const slow = fetch(`${url}/slow/1000`)
  await new Promise((resolve) => setTimeout(resolve, 200))
  script.kill('SIGKILL')
  await once(script, 'exit')
  const response = await slow
  expect(response.headers.get('connection')).toBe('close')
  expect(await response.text()).toBe('slow')
  const gone = () =>
    fetch(url).then(
      () => false,
      () => true,
    )
  await expect.poll(gone, { timeout: 30_000 }).toBe(true)
})
