import { afterEach, expect, test } from 'vitest'
import { killAll, startServer } from './process.ts'

afterEach(killAll)

test.each(['bare.ts', 'app.ts'])('what a handler of %s throws is one line', async (fixture) => {
  const server = await startServer(fixture)
  const response = await fetch(`${server.url}/throw?secret`)
  expect([response.status, await response.text()]).toEqual([500, 'Internal Server Error'])
  const event = await server.event('the handler threw')
  expect(event).toMatchObject({ level: 'error', method: 'GET', path: '/throw' })
  expect(event['error']).toMatchObject({ message: 'on purpose' })
  expect(event['error'].stack).toContain(fixture)
  expect(server.stdout().trimEnd().split('\n').length).toBe(server.events().length)
  expect(server.stderr()).toBe('')
})

test('an HTTPException is an answer, and no line', async () => {
  const server = await startServer('bare.ts')
  const response = await fetch(`${server.url}/teapot`)
  expect([response.status, await response.text()]).toEqual([418, 'short and stout'])
  expect(server.events().map(({ message }) => message)).toEqual(['listening'])
})
