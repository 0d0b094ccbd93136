import { Hono } from 'hono'
import { describe, expect, test } from 'vitest'
import { defineApp } from './define-app.ts'
import { requestLimits } from './request-limits.ts'
import { testApp } from './testing/index.ts'

const stream = (bytes: number) => new Blob(['x'.repeat(bytes)]).stream()

describe('an app that declares limits', async () => {
  const app = defineApp({
    name: 'limited',
    limits: requestLimits({ bodyBytes: 10 }),
    setup: () =>
      new Hono()
        .post('/read', async (c) => c.text(await c.req.text()))
        .post('/caught', async (c) => c.text(await c.req.text().catch(() => 'not all of it')))
        .post('/unread', (c) => c.text('not read')),
  })
  const { request } = await testApp(app)
  const post = (path: string, body: BodyInit, headers: HeadersInit = {}) =>
    request(path, { method: 'POST', body, headers, duplex: 'half' } as RequestInit)

  test('is not asked where a body is announced as too large', async () => {
    const refused = await post('/unread', 'x'.repeat(11), { 'Content-Length': '11' })
    expect(refused.status).toBe(413)
    expect(await refused.text()).toBe('413 Content Too Large: at most 10 bytes\n')
  })

  test.each(['/read', '/caught'])(
    'answers 413 where too much comes, whatever %s makes of it',
    async (path) => {
      expect((await post(path, stream(11))).status).toBe(413)
      expect(await (await post(path, stream(10))).text()).toBe('x'.repeat(10))
    },
  )

  test('is asked where nobody reads a body whose length is not known', async () => {
    expect(await (await post('/unread', stream(11))).text()).toBe('not read')
  })

  test('takes a head of less than 16 KiB, of which the target is a part', async () => {
    const rest = '/unread'.length + 'x-a'.length + 'content-type'.length
    const type = 'text/plain;charset=UTF-8'
    const most = 16 * 1024 - 1 - rest - type.length
    const status = async (bytes: number) =>
      (await post('/unread', 'x', { 'X-A': 'x'.repeat(bytes) })).status
    expect([await status(most), await status(most + 1)]).toEqual([200, 431])
  })

  test('takes a thousand fields', async () => {
    const status = async (count: number) => {
      const fields = Array.from({ length: count }, (_, index): [string, string] => [
        `x-${index}`,
        '',
      ])
      return (await request('/unread', { method: 'POST', headers: fields })).status
    }
    expect([await status(1000), await status(1001)]).toEqual([200, 431])
  })
})

test.each([0, -1, 1.5, Number.NaN, '1mb' as unknown as number])('%s is no limit', (bodyBytes) => {
  expect(() => requestLimits({ bodyBytes })).toThrow(`bodyBytes of requestLimits is ${bodyBytes}.`)
})

test('100 MiB is the limit where none is said', () => {
  expect(requestLimits().bodyBytes).toBe(100 * 1024 ** 2)
})
