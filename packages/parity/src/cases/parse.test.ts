import { expect, test } from 'vitest'
import type { Case, RequestStep } from './case.ts'
import { parseCases } from './parse.ts'

const one = (text: string) => parseCases(text, 'a.http')[0]!.steps[0] as RequestStep

test('a request is what goes over the wire: Host and Content-Length are filled in', () => {
  const step = one('### a\nPOST /x\nX-A: 1\n\nab\ncd\n\nHTTP/1.1 200 OK\n')
  expect(step.bytes.toString()).toBe(
    'POST /x HTTP/1.1\r\nHost: localhost\r\nX-A: 1\r\nContent-Length: 5\r\n\r\nab\ncd',
  )
  expect(step).toMatchObject({ method: 'POST', title: 'POST /x HTTP/1.1' })
})

test('what is said is left as it is, and raw bytes are all there is', () => {
  expect(one('### a\n@no-host\nGET / HTTP/1.0\n').bytes.toString()).toBe('GET / HTTP/1.0\r\n\r\n')
  expect(one('### a\n@raw {{text "A\\r\\n"}}{{hex 00 ff}}{{repeat 2 xy}}\n').bytes).toEqual(
    Buffer.from([65, 13, 10, 0, 255, 120, 121, 120, 121]),
  )
})

test('the expectation: status, lines of a header, absent headers, body', () => {
  const { expected } = one('### a\nGET /\n\nHTTP/1.1 200 OK\nA: 1\nA: 2\n!B\n\nbody\n')
  expect(expected).toMatchObject({ status: '200', reason: 'OK', body: 'body' })
  expect(Object.fromEntries(expected!.fields)).toEqual({ a: ['1', '2'], b: [] })
  expect(one('### a\nGET /\n\nHTTP/1.1 204\n\n(empty)\n').expected).toMatchObject({ body: '' })
  expect(one('### a\nGET /\n\nHTTP/1.1 200\n\n/^a+$/\n').expected).toMatchObject({ body: /^a+$/ })
})

test('a declared difference has its own answer', () => {
  const { declared, expected } = one(
    '### a\nGET /\n\nHTTP/1.1 200\n\n[D-04 workerd deno]\nHTTP/1.1 500\n',
  )
  expect(expected?.status).toBe('200')
  expect(declared).toMatchObject([
    { difference: 'D-04', targets: ['workerd', 'deno'], expected: { status: '500' } },
  ])
})

test('steps, and a table that makes a case of each row', () => {
  const cases = parseCases(
    '### is <n>\n# why\nGET /<n>\n---\n@restart\n---\nGET /b\n\n| n |\n| --- |\n| 1 |\n| a\\|b |\n',
    'a.http',
  )
  expect(cases.map(({ name, line }) => [name, line])).toEqual([
    ['is 1', 11],
    ['is a|b', 12],
  ])
  expect(cases[1]!.steps.map(({ kind }) => kind)).toEqual(['request', 'restart', 'request'])
  expect((cases[1]!.steps[0] as RequestStep).title).toBe('GET /a|b HTTP/1.1')
})

test('a step knows its line, and an expectation the line of each thing that it states', () => {
  const text =
    '### a\n# why\nPUT /\nA: 1\n\nbody\n\nHTTP/1.1 204\nB: 1\n!C\n---\n' +
    '@new\nGET /\n\nHTTP/1.1 200\n@connection open\n\n\n/x/\n---\n@rest\n'
  const [{ line, steps }] = parseCases(text, 'a.http') as [Case]
  expect([line, ...steps.map((each) => each.line)]).toEqual([1, 3, 13, 21])
  const [first, second] = steps as [RequestStep, RequestStep]
  const of = ({ expected }: RequestStep) => Object.fromEntries(expected!.lines)
  expect(of(first)).toMatchObject({ status: 8, 'header b': 9, 'header c': 10 })
  expect(of(second)).toMatchObject({ status: 15, connection: 16, body: 19 })
})

test('a part of an exchange, and the rest of it', () => {
  const text = '### a\n@until b\nGET /\n---\n@unread\nPOST /\n---\n@rest\n\nHTTP/1.1 200\n'
  const { steps } = parseCases(text, 'a.http')[0]!
  expect(steps).toMatchObject([
    { leaves: { until: 'b' }, isRest: false },
    { leaves: 'unread', expected: { status: 'unread' } },
    { leaves: undefined, isRest: true, expected: { status: '200' } },
  ])
  expect((steps[2] as RequestStep).bytes).toHaveLength(0)
})

test('an upload, and what becomes of it', () => {
  const step = one('### a\n@upload 9\nPOST /\n\nheld back\n\n[D-91 bun]\nall taken\n')
  expect(step.leaves).toEqual({ upload: 9 })
  expect(step.bytes.toString()).toMatch(/\r\nContent-Length: 9\r\n\r\n$/)
  expect(step.expected!.status).toBe('held back')
  expect(step.declared).toMatchObject([{ expected: { status: 'all taken' } }])
})

test('a conversation over a WebSocket', () => {
  const [step] = parseCases(
    '### a\n@websocket /ws\nX-A: 1\n> text hi\n< close 1000\n',
    'a.http',
  )[0]!.steps
  expect(step).toMatchObject({
    kind: 'websocket',
    script: [
      { direction: 'send', frame: 'text hi' },
      { direction: 'expect', frame: 'close 1000' },
    ],
  })
})

test('a schedule, and what must come of it', () => {
  const [{ steps }] = parseCases('### a\n@schedule b 0 3 * * *\n< failed\n', 'a.http') as [Case]
  const expected = { kind: 'schedule', name: 'b', cron: '0 3 * * *', expected: 'failed' }
  expect(steps).toMatchObject([expected])
})

test.each([
  ['### a\n@nonsense\nGET /\n', '2:1', '@nonsense is none of'],
  ['### a\nGET\n', '2:1', 'is no request line'],
  ['### a\n@schedule b\n', '2:1', 'expected a name and its cron expression'],
  ['### a\nGET /\n\nHTTP/1.1 200\nbroken\n', '5:1', 'neither "Name: value" nor'],
  ['### a\nGET /{{what}}\n', '2:6', '{{what}} is none of'],
  ['### a\n# nothing\n', '1:1', 'it has no step'],
  ['### a\n@events x\nGET /\n', '2:1', '@events is "x", expected a whole number'],
  ['### a\n@wait 0\nGET /\n', '2:1', '@wait is "0", expected a whole number'],
  ['### a\n@log b\n@websocket /ws\n', '2:1', '@log does nothing in a step of @websocket'],
  ['### a\n@websocket /ws\n>text a\n', '3:1', '">text a" is neither sent'],
  ['### a\n@websocket /ws\n< tekst a\n', '3:1', '"tekst a" is no frame'],
  ['### a\n@websocket /ws\n< end\n[D-23]\n< end\n', '4:1', '[D-23] is no number'],
  ['### a\n@pipelined\nGET /\n', '3:1', '@pipelined is behind no request'],
  [
    '### a\nGET /\n---\n@pipelined\n@new\nGET /\n',
    '4:1',
    '@pipelined is on the connection of the step',
  ],
  ['### a\n@restart\nGET /\n', '3:1', '"GET /" is below @restart'],
  ['### a\n@schedule b 0 3 * * *\n< rann\n', '3:1', '"< rann" is not what comes of a schedule'],
  ['### a\nGET /\n\nHTTP/1.1 20O\n', '4:1', '"HTTP/1.1 20O" is no status line'],
  ['### a\nGET /\n\nHTTP/1.1 200\n\n[D-04]\nHTTP/1.1 500\n', '6:1', '[D-04] is no number'],
  ['### a\nGET /<b>\n\n| c |\n| 1 |\n', '4:3', 'its table has "c", and nothing has <c>'],
  ['### a\nGET /<b>\n\n| b |\n| 1 | 2 |\n', '5:1', 'has 2 cells, expected 1: | 1 | 2 |'],
  ['### a\n@logged b\nGET /\n', '2:1', '@logged is "b", expected out, err or a level'],
  ['### a\n@rest\nGET /\n', '3:1', '"GET /" is below @rest'],
  ['### a\n@unread\n@until b\nGET /\n', '3:1', '@unread and @until are of two steps'],
  ['### a\n@unread\nGET /\n\nHTTP/1.1 200\n', '5:1', '"HTTP/1.1 200" is what @rest reads'],
  ['### a\n@upload b\nPOST /\n', '2:1', '@upload is "b", expected a whole number'],
  ['### a\n@upload 1\n@unread\nPOST /\n', '2:1', '@unread and @upload are of two steps'],
  ['### a\n@upload 1\nPOST /\n\nHTTP/1.1 200\n', '5:1', '"HTTP/1.1 200" is what @rest reads'],
  ['### a\nGET /\n\nHTTP/1.1 200\nA: b{{hex f}}\n', '5:5', '{{hex f}} is no bytes in hex'],
  ['### a\nPUT /\n\nb\nc {{text b}}\n', '5:3', '{{text b}} is no string in JSON'],
  ['### a\n@raw GET{{repeat x}}\n', '2:9', '{{repeat x}} is none of'],
  ['### a\nGET /\n\nHTTP/1.1 200\n\n/(/\n', '6:1', 'Invalid regular expression'],
  ['### a\nGET /\n\nHTTP/1.1 200\n\n[D-04 node]\n', '6:1', 'does not say what comes instead'],
])('a mistake is told with its place: %j', (text, place, why) => {
  expect(() => parseCases(text, 'a.http')).toThrow(`a.http:${place}: a: `)
  expect(() => parseCases(text, 'a.http')).toThrow(why)
})

test.each([
  ['', 'a.http: there is no case in it'],
  ['# only a remark\n', 'a.http: there is no case in it'],
  ['GET /\n\nHTTP/1.1 200\n', 'a.http:1:1: "GET /" is in no case'],
])('what is in no case is a mistake: %j', (text, why) => {
  expect(() => parseCases(text, 'a.http')).toThrow(why)
})

test('a byte order mark, line ends of Windows and versions of targets are taken', () => {
  const { declared } = one(
    '\uFEFF### a\r\nGET /\r\n\r\nHTTP/1.1 200\r\n\r\n[D-04 node@22]\r\nHTTP/1.1 500\r\n',
  )
  expect(declared).toMatchObject([{ targets: ['node@22'], expected: { status: '500' } }])
})
