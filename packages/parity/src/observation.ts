import { brotliDecompressSync, constants, gunzipSync } from 'node:zlib'
import type { Ending } from './wire/connection.ts'
import { type Field, framingOf, valuesOf, type WireResponse } from './wire/response.ts'

/** What was seen of one step, field by field, as text that can be compared and shown. */
export type Observation = ReadonlyMap<string, string>

/** What has no text: a field that is not there. */
export const absent = '(absent)'

/** What differs at every request, and means nothing. */
const uuid = /[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}/g

/** The date of a response (RFC 9110 §5.6.7). */
const imfDate = /^\w{3}, \d{2} \w{3} \d{4} \d{2}:\d{2}:\d{2} GMT$/

const ofConnection = new Set(['connection', 'keep-alive', 'transfer-encoding'])

/**
 * A response as fields: `status`, `reason`, `header <name>`, `names`, `framing`, `body`, `trailers`,
 * `interim`, `connection`. Normalised are the value of `Date`, every UUID and the codings
 * gzip and br, and nothing else.
 *
 * @param ending how the connection stood after it
 * @param content the body without its coding
 */
export function observe(
  response: WireResponse,
  ending: Ending,
  content: Buffer = contentOf(response),
): Observation {
  const seen = new Map<string, string>()
  seen.set('status', String(response.status))
  seen.set('reason', response.reason)
  for (const name of new Set(response.fields.map((field) => field.name.toLowerCase()))) {
    seen.set(`header ${name}`, linesOf(response.fields, name))
  }
  seen.set('names', response.fields.map(({ name }) => name).join(' '))
  seen.set('framing', response.framing)
  const body = content.toString('latin1').replace(uuid, '<uuid>')
  const isWaiting = ending === 'open'
  seen.set('body', response.complete ? body : `${body}${isWaiting ? '(no end)' : '(cut off)'}`)
  if (response.trailers.length > 0) {
    seen.set('trailers', response.trailers.map(({ name, value }) => `${name}: ${value}`).join('\n'))
  }
  if (response.interim.length > 0) seen.set('interim', response.interim.join(' '))
  const announced = valuesOf(response.fields, 'connection').some((value) =>
    /\bclose\b/i.test(value),
  )
  seen.set('connection', ending !== 'open' || announced ? 'closed' : 'open')
  return seen
}

/** What makes of a body what it was without its coding; of a part of one, what has come of it. */
const decoders: Readonly<Record<string, (body: Buffer, isPart: boolean) => Buffer>> = {
  gzip: (body, isPart) => gunzipSync(body, isPart ? { finishFlush: constants.Z_SYNC_FLUSH } : {}),
  br: (body, isPart) =>
    brotliDecompressSync(body, isPart ? { finishFlush: constants.BROTLI_OPERATION_FLUSH } : {}),
}

/** The body without its coding: two libraries compress the same to other bytes. */
export function contentOf({ fields, body, complete }: WireResponse): Buffer {
  const decode = decoders[valuesOf(fields, 'content-encoding').join()]
  try {
    return decode?.(body, !complete) ?? body
  } catch {
    return body
  }
}

function linesOf(fields: readonly Field[], name: string): string {
  if (name === 'date')
    return valuesOf(fields, name)
      .map((value) => value.replace(imfDate, '<date>'))
      .join('\n')
  return valuesOf(fields, name)
    .map((value) => value.replace(uuid, '<uuid>'))
    .join('\n')
}

/**
 * A response as `fetch` shows it: `status`, `reason`, `header <name>`, `framing`, `body`. What is about one
 * connection is left to the wire.
 *
 * @param authority of the target: each has another
 */
export function observeFetched(
  method: string,
  { status, statusText, headers }: Response,
  body: Buffer | undefined,
  authority: string,
): Observation {
  const same = (text: string) => text.replace(uuid, '<uuid>').replaceAll(authority, '<authority>')
  const seen = new Map([
    ['status', String(status)],
    ['reason', statusText],
  ])
  const fields = [...headers].map(([name, value]) => ({ name, value }))
  seen.set('framing', framingOf(method, status, fields))
  for (const name of headers.keys()) {
    const value = name === 'set-cookie' ? headers.getSetCookie().join('\n') : headers.get(name)!
    if (!ofConnection.has(name)) {
      seen.set(`header ${name}`, name === 'date' ? '<date>' : same(value))
    }
  }
  seen.set('body', body ? same(body.toString('latin1')) : '(cut off)')
  return seen
}

/** No response: how the connection stood instead. */
export function observeNothing(what: string): Observation {
  return new Map([['status', what]])
}
