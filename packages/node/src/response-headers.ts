import { isServersField, wireValue } from '@mooring/port-bound'
import type { PlainBody } from './fetch/fetch-response.ts'

/** Headers as `writeHead` takes them. */
export type Lines = Record<string, string | string[]>

/** Such headers with bytes beyond ASCII: Node would encode them as a body that is text. */
export class Wide {
  readonly [name: string]: string | string[]
}

/**
 * Headers ready for the wire. A body that is there as a whole knows its length better than the app,
 * and what is beyond ASCII goes out in UTF-8, as on Workers, whatever the body is.
 *
 * @param type what the body says it is, where the headers do not
 * @param isOwn whether they are the app's own, and not of a response of `fetch`
 */
export function wireHeaders(
  headers: Headers,
  status: number,
  body: PlainBody | Blob,
  type?: string,
  isOwn = true,
): Lines | Wide {
  const lines: Lines = {}
  let isWide = false
  for (const [name, value] of headers) {
    if (isServersField(name, status)) continue
    const text = isOwn ? wireValue(value) : value
    isWide ||= text !== value
    const before = lines[name]
    // Only Set-Cookie comes more than once (Fetch §2.2.2).
    if (before === undefined) lines[name] = text
    else lines[name] = [before, text].flat()
  }
  if (body !== null && !(body instanceof ReadableStream)) delete lines['content-length']
  if (type !== undefined) lines['content-type'] ??= type
  return isWide && typeof body === 'string' ? Object.assign(new Wide(), lines) : lines
}
