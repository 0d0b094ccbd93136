import type { RequestStep } from '../cases/case.ts'
import type { Random } from './random.ts'
import type { Route } from './routes.ts'

/** A request in parts, so that it can be made smaller. */
export interface Generated {
  readonly method: string
  readonly segments: readonly string[]
  readonly query: readonly string[]
  readonly fields: readonly string[]
  /** Empty where there is none. */
  readonly body: string
  /** Sizes of the chunks that the body is sent in; none where it has a length. */
  readonly chunks: readonly number[]
}

const methods = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'PROPFIND', 'PURGE']

const words = [
  'a',
  '0',
  '200',
  '204',
  '404',
  'text',
  'bytes',
  'none',
  'A~b',
  'a%20b',
  'a%2Fb',
  '%C3%A9',
  '%zz',
  '.',
  '..',
  '%2e%2e',
  'a;b=c',
  'a,b',
  'a:b@c',
  '*',
  '{a}',
  'a^b',
  'a+b',
  '',
]

const queries = [
  'a=1',
  'a=2',
  'b',
  'c=',
  '=d',
  'e=%20+',
  'f=%C3%A9',
  'g=%zz',
  'h[]=1',
  "i='",
  'j=/../',
]

const fields = [
  'Accept: */*',
  'Accept: text/html, application/json;q=0.5',
  'Accept-Encoding: gzip, br',
  'Accept-Language: en',
  'Authorization: Bearer abc',
  'Cache-Control: no-cache',
  'Cookie: a=1; b=2',
  'If-None-Match: "a"',
  'If-Modified-Since: Sat, 01 Jan 2000 00:00:00 GMT',
  'Origin: https://example.com',
  'Range: bytes=0-1',
  'Referer: https://example.com/',
  'User-Agent: probe/1',
  'X-Forwarded-For: 192.0.2.1',
  'X-Forwarded-Proto: https',
  'X-Forwarded-Host: other.example',
  'X-HTTP-Method-Override: DELETE',
  'X-Probe: a, b',
  'x-probe: c',
  'X-Request-Id: abc-1',
  'X-Empty:',
  'DNT: 1',
]

const types = [
  'application/json',
  'text/plain;charset=UTF-8',
  'application/x-www-form-urlencoded',
  'application/octet-stream',
  'multipart/form-data; boundary=x',
  'nonsense',
]

const bodies = [
  '{"a":1}',
  '{"a":',
  'a=1&b=%C3%A9',
  'plain text',
  'x'.repeat(20_000),
  '\u0000\u00ff\u0001',
  '--x\r\nContent-Disposition: form-data; name="a"\r\n\r\n1\r\n--x--\r\n',
]

/** A request for one of the routes, more or less. */
export function generateRequest(random: Random, routes: readonly Route[]): Generated {
  const route = random.pick(routes)
  const isOdd = random.oneIn(8)
  const method = isOdd || route.method === 'ALL' ? random.pick(methods) : route.method
  const segments = route.path
    .split('/')
    .slice(1)
    .map((segment) => (/^:|\*/.test(segment) ? random.pick(words) : segment))
  if (random.oneIn(10)) segments.splice(random.below(segments.length + 1), 0, random.pick(words))
  const hasBody = !['GET', 'HEAD', 'OPTIONS'].includes(method) && !random.oneIn(4)
  const body = hasBody ? random.pick(bodies) : ''
  const chosen = some(random, fields, 4)
  if (hasBody && !random.oneIn(5)) chosen.push(`Content-Type: ${random.pick(types)}`)
  const isChunked = body !== '' && random.oneIn(3)
  return {
    method,
    segments,
    query: some(random, queries, 3),
    fields: chosen,
    body,
    chunks: isChunked ? [1 + random.below(body.length), body.length] : [],
  }
}

function some<T>(random: Random, from: readonly T[], most: number): T[] {
  return Array.from({ length: random.below(most + 1) }, () => random.pick(from))
}

/** The bytes of a request, as text of one character each. */
export function toText({
  method,
  segments,
  query,
  fields: lines,
  body,
  chunks,
}: Generated): string {
  const target = `/${segments.join('/')}${query.length > 0 ? `?${query.join('&')}` : ''}`
  const head = [`${method} ${target} HTTP/1.1`, 'Host: localhost', ...lines]
  const needsLength = !['GET', 'HEAD', 'OPTIONS'].includes(method)
  if (chunks.length > 0) head.push('Transfer-Encoding: chunked')
  else if (body !== '' || needsLength) head.push(`Content-Length: ${body.length}`)
  return `${head.join('\r\n')}\r\n\r\n${chunks.length > 0 ? inChunks(body, chunks) : body}`
}

function inChunks(body: string, sizes: readonly number[]): string {
  let at = 0
  const parts = sizes.flatMap((size) => {
    const part = body.slice(at, at + size)
    at += size
    return part === '' ? [] : [`${part.length.toString(16)}\r\n${part}\r\n`]
  })
  return `${parts.join('')}0\r\n\r\n`
}

/** A request as a step of a case. */
export function toStep(request: Generated): RequestStep {
  const text = toText(request)
  return {
    kind: 'request',
    line: 0,
    title: text.split('\r\n', 1)[0]!,
    method: request.method,
    bytes: Buffer.from(text, 'latin1'),
    newConnection: false,
    events: undefined,
    abortAfterBytes: undefined,
    waitMs: undefined,
    eventually: false,
    expected: undefined,
    declared: [],
    logs: [],
  }
}
