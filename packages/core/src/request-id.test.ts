import { Hono } from 'hono'
import { expect, test } from 'vitest'
import { background } from './background.ts'
import { requestId } from './request-id.ts'
import { testApp } from './testing/index.ts'

test('takes the client’s id, and makes one where that is none', async () => {
  const app = await testApp(new Hono().get('/', (c) => c.text(requestId(c))))
  const ask = async (headers: Record<string, string>) => {
    const response = await app.request('/', { headers })
    const id = await response.text()
    expect(response.headers.get('x-request-id')).toBe(id)
    return id
  }
  expect(await ask({ 'X-Request-Id': 'a-1' })).toBe('a-1')
  const uuid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/
  expect(await ask({})).toMatch(uuid)
  expect(await ask({ 'X-Request-Id': 'with space' })).toMatch(uuid)
  expect(await ask({ 'X-Request-Id': 'x'.repeat(129) })).toMatch(uuid)
})

test('first asked for after the response, it leaves the response alone', async () => {
  const ids: string[] = []
  const app = await testApp(
    new Hono()
      .use((_, next) => next())
      .get('/', (c) => {
        background(c, async () => {
          await new Promise((resolve) => setTimeout(resolve, 10))
          ids.push(requestId(c), requestId(c))
        })
        return c.body(new Response('streamed').body!)
      }),
  )
  const response = await app.request('/')
  // A server reads the body while the background work runs.
  const reader = response.body!.getReader()
  await app.settled()
  expect(app.logs).toEqual([])
  expect(ids[0]).toBe(ids[1])
  expect(new TextDecoder().decode((await reader.read()).value)).toBe('streamed')
})
