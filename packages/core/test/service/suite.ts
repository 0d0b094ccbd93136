import { describe, expect, test } from 'vitest'
import type { Call, Outcome } from './apps.ts'

const traceparent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01'

/** What a call of a service comes to, by URL and by binding, for each adapter's tests. */
export function serviceSuite(url: () => string): void {
  async function call(
    how: Call | string,
    headers: Readonly<Record<string, string>> = {},
  ): Promise<Outcome> {
    const body = JSON.stringify(typeof how === 'string' ? { path: how } : how)
    return (await fetch(url(), { method: 'POST', body, headers })).json() as Promise<Outcome>
  }
  /** What the service says of the request that it got. */
  async function seen(how: Call | string, headers?: Readonly<Record<string, string>>) {
    const outcome = await call(how, headers)
    if (!('body' in outcome)) throw new Error(JSON.stringify(outcome))
    return JSON.parse(outcome.body)
  }

  test.each([
    ['/', '/'],
    ['', '/'],
    ['/a/b?c=d&e', '/a/b?c=d&e'],
    ['a', '/a'],
    ['/a%20b%2Fc?x=%26', '/a%20b%2Fc?x=%26'],
    ['/é', '/%C3%A9'],
    ['/a/../b', '/b'],
    ['/../../a', '/a'],
    ['//host.invalid/a', '/a'],
    ['http://host.invalid/a?b', '/a?b'],
    ['/a#fragment', '/a'],
  ])('%j asks for %s', async (path, asked) => {
    expect(await seen(path)).toMatchObject({ method: 'GET', path: asked, body: '' })
  })

  test('a request is handed on as it is: method, headers, body', async () => {
    const init = { method: 'PUT', headers: { 'X-Own': 'mine' }, body: 'é\r\n' }
    for (const asRequest of [false, true]) {
      expect(await seen({ path: '/a?b', init, asRequest })).toMatchObject({
        method: 'PUT',
        path: '/a?b',
        headers: { 'x-own': 'mine', 'content-type': 'text/plain;charset=UTF-8' },
        body: 'é\r\n',
      })
    }
  })

  test('the id and the trace go along, and nothing else of the client’s', async () => {
    const headers = { 'X-Request-Id': 'id-9', traceparent, Cookie: 'session=1' }
    expect((await seen('/', headers)).headers).toEqual({ 'x-request-id': 'id-9', traceparent })
  })

  test.each([204, 304, 404, 410, 500, 503])('status %d is an answer', async (status) => {
    expect(await call(`/status/${status}`)).toMatchObject({ status, body: '' })
  })

  test('an error of the service is its 500', async () => {
    expect(await call('/throws')).toMatchObject({ status: 500 })
  })

  test('cookies stay apart', async () => {
    const outcome = await call('/cookies')
    const headers = 'headers' in outcome ? outcome.headers : []
    const cookies = headers.filter(([name]) => name === 'set-cookie').map(([, value]) => value)
    expect(cookies).toEqual(['a=1; Path=/', 'b=2'])
  })

  test('a redirect is an answer: nobody is asked that was not meant', async () => {
    for (const [path, status, location] of [
      ['/redirect', 302, '/elsewhere'],
      ['/redirect/away', 307, 'http://away.invalid/'],
    ] as const) {
      for (const asRequest of [false, true]) {
        const outcome = await call({ path, asRequest })
        expect(outcome).toMatchObject({ status, body: '' })
        expect(
          'headers' in outcome &&
            new Headers(outcome.headers as [string, string][]).get('location'),
        ).toBe(location)
      }
    }
  })

  describe('a redirect that is to be followed', () => {
    const redirect = 'follow'

    test.each([
      [302, 'GET', 'GET', ''],
      [302, 'POST', 'GET', ''],
      [303, 'PUT', 'GET', ''],
      [307, 'POST', 'POST', 'text'],
      [308, 'PUT', 'PUT', 'text'],
    ])('%d of %s is a %s', async (status, method, then, sent) => {
      const body = method === 'GET' ? {} : { body: 'text' }
      const init = { redirect, method, headers: { 'X-Own': 'mine' }, ...body } as const
      const got = await seen({ path: `/redirect/${status}`, init })
      expect(got).toMatchObject({ method: then, path: '/elsewhere?a', body: sent })
      expect(got.headers['x-own']).toBe('mine')
      expect('content-type' in got.headers).toBe(sent !== '')
    })

    test('has a form that says by what its fields are parted then', async () => {
      const init = { redirect, method: 'POST' } as const
      const got = await seen({ path: '/redirect/307', init, form: { name: 'value' } })
      const [, boundary] = /boundary="?([^"]+)/.exec(got.headers['content-type'])!
      expect(got.body).toMatch(/name="name"\s+value\s/)
      expect(got.body.startsWith(`--${boundary}\r\n`)).toBe(true)
    })

    test('away from the service is an answer', async () => {
      const init = { redirect } as const
      expect(await call({ path: '/redirect/away', init })).toMatchObject({ status: 307, body: '' })
    })

    test('without an end, and a stream that was sent, cannot be', async () => {
      const unreachable = { thrown: 'MOORING_E_SERVICE_UNREACHABLE' }
      expect(await call({ path: '/redirect/again', init: { redirect } })).toEqual(unreachable)
      const init = { redirect, method: 'POST' } as const
      expect(await call({ path: '/redirect/307', init, chunks: ['a'] })).toEqual(unreachable)
    })
  })

  test('a redirect that is to be an error is one', async () => {
    const init = { redirect: 'error' } as const
    expect(await call({ path: '/redirect', init })).toEqual({
      thrown: 'MOORING_E_SERVICE_UNREACHABLE',
    })
    expect(await seen({ path: '/a', init })).toMatchObject({ path: '/a' })
  })

  test('fields of a connection are not handed on', async () => {
    const connection = { Host: 'elsewhere.example', 'Keep-Alive': 'timeout=1', TE: 'trailers' }
    const named = { Connection: 'close, X-Hop, @', 'X-Hop': 'mine' }
    const headers = { ...connection, ...named, Upgrade: 'websocket', Expect: 'x', 'X-Own': 'mine' }
    for (const asRequest of [false, true]) {
      const got = await seen({ path: '/a', init: { headers }, asRequest })
      expect(got.headers).toMatchObject({ 'x-own': 'mine' })
      expect(got.connection).toEqual([])
    }
  })

  test('a compressed answer is read as what it was', async () => {
    expect(await call('/packed')).toMatchObject({ status: 200, body: 'packed '.repeat(50) })
  })

  test('a body may take longer than the head', async () => {
    expect(await call('/slow-body')).toMatchObject({ status: 200, body: 'at last' })
  })

  test('no head in time is MOORING_E_SERVICE_TIMEOUT', async () => {
    expect(await call('/slow-head')).toEqual({ thrown: 'MOORING_E_SERVICE_TIMEOUT' })
  })

  test('one that is not there, and one that goes before it answers, cannot be reached', async () => {
    for (const of of ['down', 'drops'] as const) {
      expect(await call({ path: '/', of })).toEqual({ thrown: 'MOORING_E_SERVICE_UNREACHABLE' })
    }
  })

  test('a body goes as it comes, either way, and may be left', async () => {
    const init = { method: 'POST' }
    expect(await seen({ path: '/', init, chunks: ['a', 'é', 'b'] })).toMatchObject({ body: 'aéb' })
    const large = 'x'.repeat(1_000_000)
    const { body } = await seen({ path: '/', init: { ...init, body: large } })
    expect(body === large).toBe(true)
    const left = await call({ path: '/endless', leavesAfterBytes: 20 })
    expect(left).toMatchObject({ status: 200, body: expect.stringMatching(/^(?:tick ){4,}$/) })
  })

  test('who gives up gets the own reason back', async () => {
    expect(await call({ path: '/slow-head', abortMs: 50 })).toEqual({ thrown: 'RangeError' })
    const asked = await call({ path: '/slow-head', abortMs: 50, asRequest: true })
    expect(asked).toEqual({ thrown: 'RangeError' })
  })

  test('a body that breaks off is an error of reading it', async () => {
    expect(await call('/breaks')).toEqual({ thrown: expect.stringMatching(/Error$/) })
  })

  test('a GET with a body is a mistake', async () => {
    expect(await call({ path: '/', init: { body: 'x' } })).toEqual({ thrown: 'TypeError' })
  })
}
