/** What a slug looks like. A dot is not in it, so no slug hides a file such as `/favicon.svg`. */
export const slugPattern: RegExp = /^[a-z0-9-]{1,64}$/

/** First segments that the API, the page, probes and proxies have, or may want, for themselves. */
export const reservedSlugs: ReadonlySet<string> = new Set([
  'api',
  'assets',
  'cdn-cgi',
  'healthz',
  'index',
  'js',
  'livez',
  'metrics',
  'problems',
  'readyz',
  'static',
])

/** Without `0`, `1`, `l` and `o`, which are mistaken for each other: 32 are left, five bits each. */
const alphabet = '23456789abcdefghijkmnpqrstuvwxyz'

/** 32⁷ are 34 thousand million: too many to meet by trying. */
const generatedLength = 7

/** The slug that `bytes` spell; at least seven of them. */
export function slugFrom(bytes: Uint8Array): string {
  return Array.from(bytes.subarray(0, generatedLength), (byte) => alphabet[byte & 31]).join('')
}

/** A slug that nobody can guess. */
export function randomSlug(): string {
  return slugFrom(crypto.getRandomValues(new Uint8Array(generatedLength)))
}
