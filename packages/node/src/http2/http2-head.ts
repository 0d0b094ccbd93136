import { maxHeaderSize } from 'node:http'

/** As over HTTP/1.1. */
const mostFields = 1_000

/**
 * What Node takes of a head, and announces (RFC 9113 §6.5.2, which adds 32 bytes for each field): more
 * than one may have, so that one that is too large can be answered. Past it the stream is reset.
 */
export const mostTakenBytes: number = maxHeaderSize * 4

/** The same in fields. Browsers send each cookie as one of its own. */
export const mostTakenFields: number = mostTakenBytes / 32

/**
 * Whether a head is larger than one of HTTP/1.1 may be, counted as Node counts there: the target, and
 * the names and values of the fields, `Host` among them.
 */
export function isLargeHead(rawHeaders: readonly string[]): boolean {
  let bytes = 0
  let fields = 0
  for (let index = 0; index < rawHeaders.length; index += 2) {
    const name = rawHeaders[index]!
    const value = rawHeaders[index + 1]!
    if (name.charCodeAt(0) !== colon) {
      bytes += name.length + value.length
      fields += 1
    } else if (name === ':path') bytes += value.length
    else if (name === ':authority') {
      bytes += 'host'.length + value.length
      fields += 1
    }
  }
  return bytes >= maxHeaderSize || fields > mostFields
}

const colon = 0x3a
