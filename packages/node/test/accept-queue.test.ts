import { afterEach, expect, test } from 'vitest'
import { killAll, rawConnect, startServer } from './process.ts'

afterEach(killAll)

/** As many as wait for a listener of Node by default, less a few: listen(2), backlog. */
const waiting = 500

test('a full accept queue is served, however long that takes', async () => {
  const server = await startServer('app.ts')
  const blocked = fetch(`${server.url}/block/3000`)
  await new Promise((resolve) => setTimeout(resolve, 200))
  const head = 'GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n'
  const queued = await Promise.all(
    Array.from({ length: waiting }, () => rawConnect(server.port, head)),
  )
  server.child.kill('SIGTERM')
  const answers = await Promise.all(queued.map((connection) => connection.closed))
  expect(answers.filter((answer) => answer.startsWith('HTTP/1.1 200'))).toHaveLength(waiting)
  expect(await (await blocked).text()).toBe('blocked')
  expect(await server.exited).toBe(0)
})
