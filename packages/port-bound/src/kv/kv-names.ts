import type { UrlAttachment } from '@mooring/core/adapter'

/** The name of a store among those that share a file or a database; no two have the same. */
export function storeNameOf(at: UrlAttachment): string {
  return `${encodeURIComponent(at.app)}:${encodeURIComponent(at.resource)}`
}

/** Greater than every byte of UTF-8, in which 0xFF does not occur (RFC 3629 §3). */
const beyondUtf8 = Buffer.of(0xff)

/**
 * The bytes between which the keys of a page lie: from the first possible one, up to but without
 * the first one beyond the prefix.
 *
 * @param after the last key of the page before
 */
export function rangeOf(prefix: string, after: string | undefined): [from: Buffer, to: Buffer] {
  const start = Buffer.from(prefix)
  const next = after === undefined ? start : Buffer.from(`${after}\0`)
  return [Buffer.compare(next, start) > 0 ? next : start, Buffer.concat([start, beyondUtf8])]
}
