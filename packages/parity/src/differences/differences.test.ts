import { readFile } from 'node:fs/promises'
import { gzipSync } from 'node:zlib'
import { expect, test } from 'vitest'
import { decisions } from './decisions.ts'
import { differences } from './index.ts'
import { fromWorkers, rules, toWorkers } from './rules.ts'

const numbers = differences.map(({ number }) => number)

test('each number stands for one difference', () => {
  expect(numbers).toEqual([...new Set(numbers)])
})

test('each difference is the exception of a decision, and each exception is declared', () => {
  const exceptions = new Set(decisions.flatMap(({ except = [] }) => except))
  expect([...exceptions].toSorted()).toEqual(numbers.toSorted())
})

test('no rule is about a difference that is not there', () => {
  const named = [...rules, ...fromWorkers, ...toWorkers].flatMap(({ of }) => of)
  expect(named.filter((number) => !numbers.includes(number))).toEqual([])
})

test('what is a matter of security has a rule', () => {
  const ruled = new Set(rules.flatMap(({ of }) => of))
  const security = differences.filter(({ group }) => group === 'security')
  expect(security.map(({ number }) => number).filter((number) => !ruled.has(number))).toEqual([])
})

test('a difference that no request shows has a test that names it', async () => {
  for (const { number, testedBy } of differences.filter((each) => each.testedBy !== undefined)) {
    const path = new URL(`../../../../${testedBy}`, import.meta.url)
    expect(await readFile(path, 'utf8')).toContain(`'${number}: `)
  }
})

/** A finding, and what else is known of it. */
interface Shown {
  readonly field: string
  readonly expected: string
  readonly got: string
  readonly status?: string
  readonly sent?: string
  readonly before?: string
  readonly framings?: readonly string[]
  readonly coding?: string
}

function explained(number: string, shown: Shown): boolean | undefined {
  const { field, expected, got, status = '200', framings = [] } = shown
  const { sent = 'GET / HTTP/1.1\r\n', before = '' } = shown
  const seen = new Map([['status', status]])
  if (shown.coding) seen.set('header content-encoding', shown.coding)
  const context = { method: 'GET', sent, before, seen, framings, isRefusal: Number(status) >= 400 }
  const finding = { target: 'a', field, expected, got, rest: ['b'] }
  return differences.find((each) => each.number === number)?.explains?.(finding, context)
}

const twice = gzipSync('text').toString('latin1')
const upload = 'POST / HTTP/1.1\r\nContent-Length: 3\r\n'
const form = 'POST / HTTP/1.1\r\nContent-Type: application/x-www-form-urlencoded\r\n\r\na=%zz'
const old = 'GET / HTTP/1.0\r\n'
const none = '(absent)'
const malformed = 'Malformed FormData request. '

test.each([
  ['D-01', { field: 'header date', expected: '<date>', got: none }, 'yesterday'],
  ['D-02', { field: 'header keep-alive', expected: none, got: 'timeout=65' }, 'max=5'],
  ['D-02', { field: 'header connection', expected: 'keep-alive', got: none }, 'close'],
  ['D-05', { field: 'header x-a', expected: 'a, b', got: 'a\nb' }, 'a\nc'],
  ['D-09', { field: 'header content-length', expected: none, got: '4' }, '4, 4'],
  ['D-09', { field: 'framing', expected: 'chunked', got: 'length' }, 'until close'],
  ['D-10', { field: 'reason', expected: 'Well', got: 'HM' }, 'Fine'],
  ['D-11', { field: 'body', expected: 'text', got: twice, coding: 'gzip' }, 'tex'],
  ['D-13', { field: 'header content-type', expected: none, got: 'text/plain' }, 'text/html'],
  ['D-14', { field: 'connection', expected: 'open', got: 'closed', sent: upload }, 'half open'],
  ['D-14', { field: 'header connection', expected: none, got: 'close', sent: upload }, 'upgrade'],
  ['D-14', { field: 'body', expected: 'abc', got: 'ab(cut off)', sent: upload }, 'b(cut off)'],
  ['D-107', { field: 'body', expected: `${malformed}a.`, got: `${malformed}b.` }, 'b.'],
  ['D-20', { field: 'header connection', expected: 'close', got: none, sent: old }, 'upgrade'],
  ['D-24', { field: 'header connection', expected: 'Upgrade', got: none, status: '426' }, 'close'],
  ['D-24', { field: 'header upgrade', expected: 'websocket', got: none, status: '426' }, 'h2c'],
  ['D-60', { field: 'body', expected: '{"a":"%zz"}', got: '{"a":"zz"}', sent: form }, '{"a":""}'],
  ['D-43', { field: 'header cf-cache-status', expected: none, got: 'HIT' }, 'a b'],
  ['D-47', { field: 'header content-length', expected: '0', got: none, status: '205' }, '5'],
] as const)('%s explains %o, and not %s', (number, given, other) => {
  const status = number === 'D-13' ? '400' : undefined
  const shown: Shown = { framings: ['chunked', 'length'], ...(status && { status }), ...given }
  expect(explained(number, shown)).toBe(true)
  expect(explained(number, { ...shown, got: other })).toBe(false)
})

test('a connection that ends after an upload that was not read is D-14, else none', () => {
  const status = 'connection reset'
  const shown = { field: 'body', expected: 'text', got: '(absent)', status }
  expect(explained('D-14', { ...shown, before: upload })).toBe(true)
  expect(explained('D-14', shown)).toBe(false)
  expect(explained('D-14', { ...shown, before: upload, status: '200' })).toBe(false)
})

test('an app may say other words than a runtime, and none instead of two', () => {
  const reason = { field: 'reason', status: '200' }
  expect(explained('D-10', { ...reason, expected: 'OK', got: 'Fine' })).toBe(true)
  expect(explained('D-10', { ...reason, expected: 'Well', got: 'Fine' })).toBe(false)
})

test.each([
  ['header x-a', 'a \u{1f600}', true],
  ['header x-a', 'é', false],
  ['header x-é', 'a', true],
  ['reason', '\u{1f600}', true],
  ['body', '\u{1f600}', false],
])('a target with %s: %s shows D-04: %s', (field, text, isShown) => {
  const { explains } = differences.find(({ number }) => number === 'D-04')!
  const latin1 = (given: string) => Buffer.from(given).toString('latin1')
  const seen = new Map([[latin1(field), latin1(text)]])
  const context = { method: 'GET', sent: '', before: '', seen, framings: [], isRefusal: false }
  const finding = { target: 'a', field: 'status', expected: '500', got: '200', rest: ['b'] }
  expect(explains!(finding, context)).toBe(isShown)
})

test('a byte order mark shows D-61 where it is cut, and nowhere else', () => {
  const head = 'POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n'
  const shown = { field: 'status', expected: '200', got: '500' }
  const of = (body: string) => explained('D-61', { ...shown, sent: head + body })
  expect(of('1\r\n\xef\r\n3\r\n\xbb\xbfa\r\n0\r\n\r\n')).toBe(true)
  expect(of('2\r\n\xef\xbb\r\n2\r\n\xbfa\r\n0\r\n\r\n')).toBe(true)
  expect(of('4\r\n\xef\xbb\xbfa\r\n0\r\n\r\n')).toBe(false)
})
