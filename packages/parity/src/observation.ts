import { gunzipSync } from 'node:zlib'
import type { Ending } from './wire/connection.ts'
import { type Field, valuesOf, type WireResponse } from './wire/response.ts'

/** What was seen of one step, field by field, as text that can be compared and shown. */
export type Observation = ReadonlyMap<string, string>

/** What has no text: a field that is not there. */
export const absent = '(absent)'

/** What differs at every request, and means nothing. */
const uuid = /[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}/g

/**
 * A response as fields: `status`, `reason`, `header <name>`, `names`, `framing`, `body`, `trailers`,
 * `interim`, `connection`. Normalised are the value of `Date`, every UUID and the coding
 * gzip, and nothing else.
 *
 * @param ending how the connection stood after it
 */
export function observe(response: WireResponse, ending: Ending): Observation {
  const seen = new Map<string, string>()
  seen.set('status', String(response.status))
  seen.set('reason', response.reason)
  for (const name of new Set(response.fields.map((field) => field.name.toLowerCase()))) {
    seen.set(`header ${name}`, linesOf(response.fields, name))
  }
  seen.set('names', response.fields.map(({ name }) => name).join(' '))
  seen.set('framing', response.framing)
  const body = contentOf(response).toString('latin1').replace(uuid, '<uuid>')
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

/** The body without its coding: two libraries compress the same to other bytes. */
function contentOf({ fields, body, complete }: WireResponse): Buffer {
  if (!complete || valuesOf(fields, 'content-encoding').join() !== 'gzip') return body
  try {
    return gunzipSync(body)
  } catch {
    return body
  }
}

function linesOf(fields: readonly Field[], name: string): string {
  if (name === 'date') return '<date>'
  return valuesOf(fields, name)
    .map((value) => value.replace(uuid, '<uuid>'))
    .join('\n')
}

/** No response: how the connection stood instead. */
export function observeNothing(what: string): Observation {
  return new Map([['status', what]])
}
