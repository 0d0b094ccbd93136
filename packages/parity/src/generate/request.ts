import type { RequestStep } from '../cases/case.ts'
import {
  codings,
  contents,
  fields,
  fillers,
  longField,
  longQuery,
  methods,
  queries,
  sizes,
  types,
  words,
} from './material.ts'
import type { Random } from './random.ts'
import type { Route } from './route.ts'

/** A request in parts, so that it can be made smaller. */
export interface Generated {
  readonly method: string
  readonly segments: readonly string[]
  readonly query: readonly string[]
  readonly fields: readonly string[]
  /** Empty where there is none. */
  readonly body: string
  /** How it is framed: sizes of the chunks that it is sent in, where it is sent in chunks. */
  readonly framing: 'none' | 'length' | readonly number[]
  /** On which connection: a new one, that of the request before, or there at once behind it. */
  readonly connection: Connection
}

export type Connection = 'new' | 'kept' | 'pipelined'

/** The segments of a request for a route: its parameters are filled in. */
export function segmentsOf(random: Random, { path }: Route): readonly string[] {
  return path
    .split('/')
    .slice(1)
    .map((segment) => (/^:|\*/.test(segment) ? random.pick(words) : segment))
}

/** A request for a route with these segments, more or less. */
export function generateRequest(
  random: Random,
  route: Route,
  segments: readonly string[],
  connection: Connection,
): Generated {
  const isOdd = random.oneIn(8)
  const method = isOdd || route.method === 'ALL' ? random.pick(methods) : route.method
  const path = random.oneIn(10)
    ? segments.toSpliced(random.below(segments.length + 1), 0, random.pick(words))
    : segments
  const query = some(random, queries, 3)
  if (random.oneIn(40)) query.push(longQuery)
  const chosen = some(random, fields, 4)
  if (random.oneIn(40)) chosen.push(longField)
  const head = { method, segments: path, query, connection }
  if (['GET', 'HEAD', 'OPTIONS'].includes(method)) {
    return { ...head, fields: chosen, body: '', framing: 'none' }
  }
  if (random.oneIn(4)) {
    return { ...head, fields: chosen, body: '', framing: random.oneIn(2) ? 'none' : 'length' }
  }
  const { body, ofBody } = generateBody(random)
  const framing = random.oneIn(3) ? chunksOf(random, body) : 'length'
  return { ...head, fields: [...chosen, ...ofBody], body, framing }
}

/** A body, and the fields that tell of it. */
function generateBody(random: Random): { body: string; ofBody: readonly string[] } {
  const content = random.oneIn(6) ? random.pick(fillers)(random.pick(sizes)) : random.pick(contents)
  const type = random.oneIn(6) ? random.pick(types) : content.type
  const ofBody = random.oneIn(6) ? [] : [`Content-Type: ${type}`]
  if (!random.oneIn(8)) return { body: content.body, ofBody }
  const [coding, encode] = random.pick(Object.entries(codings))
  // One in four says a coding that it has not.
  const body = random.oneIn(4) ? content.body : encode(content.body)
  return { body, ofBody: [...ofBody, `Content-Encoding: ${coding}`] }
}

/** One to three chunks; the last takes all that is left. None cuts a byte order mark (D-61). */
function chunksOf(random: Random, body: string): readonly number[] {
  const least = body.startsWith('\xef\xbb\xbf') ? 3 : 1
  const cuts = Array.from({ length: random.below(3) }, () => least + random.below(body.length))
  return [...cuts, body.length]
}

function some<T>(random: Random, from: readonly T[], most: number): T[] {
  return Array.from({ length: random.below(most + 1) }, () => random.pick(from))
}

/** The bytes of a request, as text of one character each. */
export function toText(request: Generated): string {
  const { method, segments, query, fields: lines, body, framing } = request
  const target = `/${segments.join('/')}${query.length > 0 ? `?${query.join('&')}` : ''}`
  const head = [`${method} ${target} HTTP/1.1`, 'Host: localhost', ...lines]
  if (typeof framing === 'object') head.push('Transfer-Encoding: chunked')
  else if (framing === 'length') head.push(`Content-Length: ${body.length}`)
  return `${head.join('\r\n')}\r\n\r\n${typeof framing === 'object' ? inChunks(body, framing) : body}`
}

function inChunks(body: string, sizesOfChunks: readonly number[]): string {
  let at = 0
  const parts = sizesOfChunks.flatMap((size) => {
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
    newConnection: request.connection === 'new',
    isPipelined: request.connection === 'pipelined',
    events: undefined,
    abortAfterBytes: undefined,
    waitMs: undefined,
    eventually: false,
    leaves: undefined,
    isRest: false,
    expected: undefined,
    declared: [],
    logs: [],
    logged: [],
    logLine: undefined,
  }
}
