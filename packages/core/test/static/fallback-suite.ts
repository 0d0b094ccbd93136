import { expect, test } from 'vitest'
import { ask } from './suite.ts'

/** What a static folder with a fallback does on every runtime, for each adapter's tests. */
export function fallbackSuite(port: () => number): void {
  const navigate = (line: string) => ask(port(), line, { 'Sec-Fetch-Mode': 'navigate' })

  test.each(['/no/such', '/no/such.js', '/dir/', '/docs/none?a=1'])(
    'who navigates to %s gets the page',
    async (target) => {
      const page = await ask(port(), 'GET /')
      const answer = await navigate(`GET ${target}`)
      expect(answer).toMatchObject({ status: 200, body: '<h1>home</h1>' })
      for (const name of ['etag', 'content-type', 'cache-control']) {
        expect([name, answer.headers.get(name)]).toEqual([name, page.headers.get(name)])
      }
      expect(await navigate(`HEAD ${target}`)).toMatchObject({ status: 200, body: '' })
    },
  )

  test('anything else that is no file is for the app', async () => {
    expect((await ask(port(), 'GET /no/such')).body).toBe('app: GET /no/such')
    const fetched = await ask(port(), 'GET /no/such', { 'Sec-Fetch-Mode': 'cors' })
    expect(fetched.body).toBe('app: GET /no/such')
    expect((await ask(port(), 'POST /no/such')).body).toBe('app: POST /no/such')
  })

  test('a file is itself, for who navigates too', async () => {
    expect((await navigate('GET /digits.txt')).body).toBe('0123456789')
    expect((await navigate('GET /page.html')).headers.get('location')).toBe('/page')
  })

  test('each path has one way to be written, and no other method', async () => {
    for (const [target, location] of [
      ['//no', '/no'],
      ['/n%6f?a', '/no?a'],
      ['/%E0%A4%A', '/%25E0%25A4%25A'],
    ]) {
      const { status, headers } = await navigate(`GET ${target}`)
      expect([status, headers.get('location')]).toEqual([307, location])
    }
    expect((await navigate('POST /no/such')).status).toBe(405)
  })
}
