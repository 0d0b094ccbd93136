import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { expect, test } from 'vitest'
import type { RequestStep } from './cases/case.ts'
import { parseCases } from './cases/parse.ts'
import type { Difference } from './differences/difference.ts'
import { judgeLook } from './judge.ts'
import { fetchRequestOf, look } from './look.ts'

const step = (text: string) => parseCases(`### a\n${text}`, 'a.http')[0]!.steps[0] as RequestStep

test.for([
  ['GET /a%2Fb?x=1\nAccept: text/plain\n', 'GET /a%2Fb?x=1'],
  ['HEAD /\n', 'HEAD /'],
  ['PUT /a\n\nbody\n', 'PUT /a'],
])('%o is asked again as %s', ([text, shown]) => {
  const request = fetchRequestOf(step(text!))
  expect(`${request?.method} ${request?.target}`).toBe(shown)
})

test.for([
  'POST /\n\na\n',
  'GET /a/../b\n',
  'GET http://h/\n',
  'GET / HTTP/1.0\n',
  'GET /\nHost: elsewhere\n',
  'GET /\nUpgrade: h2c\n',
  'GET /\nX: 1\nX: 2\n',
  'GET /\nX: {{hex 01}}\n',
  'GET /\n\nbody\n',
  'PUT /\nContent-Length: 9\n\nbody\n',
  '@raw GET / HTTP/1.1\\n\n',
  '@events 1\nGET /\n',
  '@eventually\nGET /\n',
])('%o is nothing that a standard client sends, or repeats', (text) => {
  expect(fetchRequestOf(step(text))).toBeUndefined()
})

test('what fetch shows is compared, but for what is declared of the target', async () => {
  const server = createServer((request, response) => {
    response.setHeader('Set-Cookie', ['a=1', 'b=2'])
    response.end(`${request.method} ${request.headers.host}`)
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  const of = step('GET /\n\nHTTP/1.1 200\n\n[D-04 d]\nHTTP/1.1 500\n')
  const seen = await look({ host: '127.0.0.1', port }, fetchRequestOf(of)!)
  server.close()
  expect(Object.fromEntries(seen)).toEqual({
    status: '200',
    reason: 'OK',
    framing: 'length',
    'header content-length': '19',
    'header date': '<date>',
    'header set-cookie': 'a=1\nb=2',
    body: 'GET <authority>',
  })
  const other = new Map([...seen, ['body', 'other']])
  const all = new Map([
    ['a', seen],
    ['b', seen],
    ['c', other],
    ['d', new Map([['status', '500']])],
  ])
  const finding = {
    target: 'c',
    field: 'body',
    expected: 'GET <authority>',
    got: 'other',
    rest: ['a', 'b'],
  }
  expect(judgeLook(of, all, [])).toMatchObject({ undeclared: [finding], seen: [] })
  const difference = {
    number: 'D-01',
    targets: ['c'],
    explains: ({ field }: { field: string }) => field === 'body',
  } as unknown as Difference
  expect(judgeLook(of, all, [difference])).toEqual({
    undeclared: [],
    seen: [{ difference: 'D-01', target: 'c', finding }],
  })
})

test('a target that does not answer fails', async () => {
  const server = createServer((request) => void request.socket.destroy()).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  const seen = await look({ host: '127.0.0.1', port }, fetchRequestOf(step('GET /\n'))!)
  server.close()
  expect(seen).toEqual(new Map([['status', 'fetch failed']]))
})
