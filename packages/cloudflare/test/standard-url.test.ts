import { expect, test } from 'vitest'
import { handle } from '../src/index.ts'

/** A request as workerd hands it over: with the URL that was written. */
class RawRequest extends Request {
  readonly #url: string
  constructor(url: string, host: string) {
    super('http://placeholder/', { headers: { Host: host } })
    this.#url = url
  }
  override get url(): string {
    return this.#url
  }
}

const worker = handle({ fetch: ({ url }: Request) => new Response(url) })

async function ask(url: string, host: string): Promise<string> {
  const response = await worker.fetch(new RawRequest(url, host), {}, {})
  return response.status === 200 ? response.text() : String(response.status)
}

/** Parts of which many together are no URL, or another than the standard's. */
const parts = ['/', '/a', '.', '..', '%2e', '%2E', '%2f', '%', '?', '&b=1', "'", '"', '<', '{', '|']
const more = [
  '^',
  '`',
  '[',
  ' ',
  '\\',
  'é',
  ':',
  '@',
  ';x',
  '~',
  '*',
  '//',
  'http://a.example',
  'A',
]
const all = [...parts, ...more]

test('a URL that is not parsed is one that the standard leaves as it is', async () => {
  // The same numbers at each run.
  let seed = 7
  const next = (below: number) => (seed = (seed * 48_271) % 2_147_483_647) % below
  const origins = [
    'http://a.example',
    'http://A.example',
    'http://a.example:80',
    'https://a.example',
  ]
  let unchanged = 0
  for (let round = 0; round < 20_000; round += 1) {
    // What was asked before must not matter: mostly it is one that the next one might pass for.
    if (round % 5 === 0) await ask('http://a.example/', 'a.example')
    const rest = Array.from({ length: next(6) }, () => all[next(all.length)]).join('')
    const url = `${origins[next(8)] ?? origins[0]}/${rest}`
    const answer = await ask(url, 'a.example')
    const isRefused = /[^!-~]/.test(url) || url.split('?')[0]!.includes('\\')
    if (answer === url) unchanged += 1
    expect([url, answer]).toEqual([url, isRefused ? '400' : URL.parse(url)!.href])
  }
  expect(unchanged).toBeGreaterThan(1_000)
})

test('a host that is not the one of the URL is refused, also after one that is', async () => {
  expect(await ask('http://a.example/a', 'a.example')).toBe('http://a.example/a')
  expect(await ask('http://b.example/a', 'a.example')).toBe('400')
  expect(await ask('http://a.example/a', 'b.example')).toBe('400')
  expect(await ask('http://a.example.b.example/a', 'a.example')).toBe('400')
  expect(await ask('http://a.example/a', 'a.example')).toBe('http://a.example/a')
})
