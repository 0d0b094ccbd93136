/** The part of a file that is asked for: its first and its last byte. */
export interface ByteRange {
  readonly from: number
  readonly to: number
}

/** What the conditions of a request make of it (RFC 9110 §13.2.2). */
export type Condition = 'go on' | 'not modified' | 'failed'

/** @param etag `undefined` where the file has none */
export function checkConditions(headers: Headers, etag: string | undefined): Condition {
  const ifMatch = headers.get('if-match')
  // §13.1.1: a strong comparison.
  if (ifMatch !== null && ifMatch !== '*' && !(etag && tagsOf(ifMatch).includes(etag))) {
    return 'failed'
  }
  const ifNoneMatch = headers.get('if-none-match')
  // §13.1.2: a weak one.
  const isKnown =
    ifNoneMatch === '*' || tagsOf(ifNoneMatch ?? '').some((tag) => tag.replace(/^W\//, '') === etag)
  return ifNoneMatch !== null && isKnown ? 'not modified' : 'go on'
}

/**
 * The range of a GET (RFC 9110 §14.2): `undefined` for all of the file, also where several ranges
 * or another unit are asked for, which a server may ignore.
 */
export function rangeOf(
  headers: Headers,
  etag: string,
  size: number,
): ByteRange | 'not satisfiable' | undefined {
  const ifRange = headers.get('if-range')
  // §13.1.5: a strong comparison. There is no date to compare with.
  if (ifRange !== null && ifRange !== etag) return undefined
  const [, first, last] = /^bytes=(\d*)-(\d*)$/i.exec(headers.get('range') ?? '') ?? []
  if (first === undefined || last === undefined || (first === '' && last === '')) return undefined
  if (first === '') {
    const length = Number(last)
    return length === 0 || size === 0
      ? 'not satisfiable'
      : { from: Math.max(size - length, 0), to: size - 1 }
  }
  const from = Number(first)
  if (last !== '' && Number(last) < from) return undefined
  if (from >= size) return 'not satisfiable'
  return { from, to: last === '' ? size - 1 : Math.min(Number(last), size - 1) }
}

function tagsOf(list: string): readonly string[] {
  return list.match(/(?:W\/)?"[^"]*"/g) ?? []
}
