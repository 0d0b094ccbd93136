import { afterAll, expect, test } from 'vitest'
import { killAll } from '../../node/test/process.ts'
import { start } from '../../port-bound/test/launch.ts'

afterAll(killAll)

// D-101: Deno makes a text of the exception before it asks anybody.
test('a timer that throws ends nothing, but for what Deno itself cannot look at', async () => {
  const server = await start('deno', 'uncaught.ts')
  expect(await (await fetch(server.url)).text()).toBe('answered')
  await server.event('an exception was not caught')
  await fetch(`${server.url}/odd`).catch(() => {})
  expect(await server.exited).toBe(1)
  expect(server.stderr()).toContain('on a proxy that has been revoked')
})
