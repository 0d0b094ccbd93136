import { describe, expect, test } from 'vitest'
import { validateLinkRequest } from './link-request.ts'
import { ProblemError } from './problem.ts'

const validate = (body: unknown) => validateLinkRequest(body, ['https://go.example'])

/** The fields that are refused. */
function refused(body: unknown): readonly string[] {
  try {
    validate(body)
  } catch (error) {
    if (error instanceof ProblemError) return error.options.errors!.map(({ field }) => field)
    throw error
  }
  return []
}

const url = 'https://example.com/'

test('takes what is right, and normalises the URL', () => {
  expect(validate({ url: ' HTTPS://Example.COM:443/a b?é#ü ' })).toEqual({
    url: 'https://example.com/a%20b?%C3%A9#%C3%BC',
  })
  const all = { url, slug: `a-z0-9-${'x'.repeat(57)}`, expiresInDays: 0.5 }
  expect(validate(all)).toEqual(all)
})

describe('refuses', () => {
  test.each([
    ['no URL', {}],
    ['no text', { url: 1 }],
    ['null', { url: null }],
    ['an empty one', { url: '' }],
    ['half of one', { url: 'example.com' }],
    ['a path', { url: '/a' }],
    ['another scheme', { url: 'ftp://example.com/' }],
    ['a script', { url: 'javascript:alert(1)' }],
    ['data', { url: 'data:text/html,a' }],
    ['a user name', { url: 'https://a@example.com/' }],
    ['a password', { url: 'https://:b@example.com/' }],
    ['more than 2048 characters', { url: url.padEnd(2049, 'a') }],
    ['this service itself', { url: 'https://go.example/abc' }],
  ])('as url: %s', (_, body) => {
    expect(refused(body)).toEqual(['url'])
  })

  test.each([
    ['an empty one', ''],
    ['capitals', 'Abc'],
    ['a dot', 'a.b'],
    ['a slash', 'a/b'],
    ['a space', 'a b'],
    ['another letter', 'é'],
    ['a line break', 'abc\n'],
    ['65 characters', 'a'.repeat(65)],
    ['a number', 1],
    ['null', null],
    ['a reserved one', 'api'],
    ['that of a probe', 'livez'],
    ['that of another probe', 'readyz'],
    ['that of a folder of the page', 'problems'],
    ['that of the page', 'index'],
  ])('as slug: %s', (_, slug) => {
    expect(refused({ url, slug })).toEqual(['slug'])
  })

  test.each([0, -1, 3651, '30', null, Number.NaN, Number.POSITIVE_INFINITY])(
    'as expiresInDays: %s',
    (expiresInDays) => {
      expect(refused({ url, expiresInDays })).toEqual(['expiresInDays'])
    },
  )

  test.each([null, 1, 'text', true, [], [{ url }]])('as a body: %j', (body) => {
    expect(refused(body)).toEqual(['body'])
  })

  test('members that it does not know, each by its name', () => {
    expect(refused({ url, expiresInDay: 1, clicks: 5 })).toEqual(['expiresInDay', 'clicks'])
  })

  test('everything that is wrong at once', () => {
    const body = { url: 'https://go.example/', slug: 'A', expiresInDays: 0, extra: 1 }
    expect(new Set(refused(body))).toEqual(new Set(['slug', 'expiresInDays', 'extra', 'url']))
  })
})

test('says what would be right', () => {
  const details = (body: unknown) => {
    try {
      return validate(body)
    } catch (error) {
      return (error as ProblemError).options.errors
    }
  }
  expect(details({})).toEqual([{ field: 'url', detail: 'Required: an http:// or https:// URL.' }])
  expect(details({ url: 'mailto:a@b.example', slug: 'metrics' })).toEqual([
    { field: 'url', detail: 'Must start with http:// or https://, not mailto:' },
    { field: 'slug', detail: 'Is reserved: choose another.' },
  ])
})
