import { brotliCompressSync, deflateSync, gzipSync } from 'node:zlib'

/** What requests are made of. Text stands for its bytes, one each. */

export const methods: readonly string[] = [
  'GET',
  'HEAD',
  'POST',
  'PUT',
  'PATCH',
  'DELETE',
  'OPTIONS',
  'PROPFIND',
  'PURGE',
]

/** Segments of a path: what apps expect, every way to encode, and what URL parsers disagree on. */
export const words: readonly string[] = [
  'a',
  '0',
  '3',
  '200',
  '204',
  '404',
  'text',
  'bytes',
  'none',
  'stream',
  'large',
  'A~b',
  'a%20b',
  'a%2Fb',
  'a%252Fb',
  'a%5Cb',
  '%41',
  '%C3%A9',
  '%c3%a9',
  '%E9',
  '%F0%9F%98%80',
  '%0D%0A',
  '%00',
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

export const queries: readonly string[] = [
  'a=1',
  'a=2',
  'b',
  'c=',
  '=d',
  'e=%20+',
  'f=%C3%A9',
  'f=%E9',
  'g=%zz',
  'h[]=1',
  "i='",
  'j=/../',
  'k=%26%3D%23',
  'l=a%0D%0Ab',
]

export const fields: readonly string[] = [
  'Accept: */*',
  'Accept: text/html, application/json;q=0.5',
  'Accept-Encoding: gzip, br',
  'Accept-Encoding: identity',
  'Accept-Charset: iso-8859-1',
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

/** Together they stay below the 16 KB that a head may have. */
export const longField: string = `X-Long: ${'y'.repeat(7_000)}`
export const longQuery: string = `long=${'q'.repeat(4_000)}`

export const types: readonly string[] = [
  'application/json',
  'application/json; charset=utf-16',
  'text/plain;charset=UTF-8',
  'text/plain; charset=iso-8859-1',
  'application/x-www-form-urlencoded',
  'application/octet-stream',
  'multipart/form-data; boundary=x',
  'multipart/form-data',
  'nonsense',
]

/** A body, and the type that it is of. */
export interface Content {
  readonly type: string
  readonly body: string
}

export const contents: readonly Content[] = [
  { type: 'application/json', body: '{"a":1}' },
  { type: 'application/json', body: '{"a":' },
  { type: 'application/x-www-form-urlencoded', body: 'a=1&b=%C3%A9&b=%zz&c=+' },
  { type: 'text/plain', body: 'plain text' },
  { type: 'text/plain', body: 'a' },
  { type: 'text/plain;charset=UTF-8', body: bytesOf('é😀') },
  { type: 'text/plain; charset=iso-8859-1', body: '\u00e9' },
  { type: 'text/plain; charset=utf-16', body: '\u00ff\u00fea\u0000' },
  { type: 'application/json', body: bytesOf('\ufeff{"a":1}') },
  { type: 'application/octet-stream', body: '\u0000\u00ff\u0001' },
  {
    type: 'multipart/form-data; boundary=x',
    body: '--x\r\nContent-Disposition: form-data; name="a"\r\n\r\n1\r\n--x--\r\n',
  },
  {
    type: 'multipart/form-data; boundary=x',
    body: '--x\r\nContent-Disposition: form-data; name="f"; filename="f"\r\nContent-Type: text/css\r\n\r\n1\r\n--x--\r\n',
  },
]

/**
 * Around the sizes at which runtimes cut what they read, one that takes several reads, and one above a
 * limit of a mebibyte.
 */
export const sizes: readonly number[] = [
  1_024, 16_383, 16_384, 16_385, 65_535, 65_536, 65_537, 300_000, 1_048_577,
]

const everyByte = String.fromCharCode(...Array(256).keys())

/** The ways to fill a body of any size from 2. */
export const fillers: readonly ((size: number) => Content)[] = [
  (size) => ({ type: 'text/plain', body: 'x'.repeat(size) }),
  (size) => ({ type: 'application/json', body: `"${'x'.repeat(size - 2)}"` }),
  (size) => ({ type: 'application/x-www-form-urlencoded', body: `a=${'x'.repeat(size - 2)}` }),
  // Every byte that there is: what reads it as text meets no UTF-8.
  (size) => ({
    type: 'application/octet-stream',
    body: everyByte.repeat(Math.ceil(size / 256)).slice(0, size),
  }),
]

/** Content codings, and what each makes of a body (RFC 9110 §8.4.1). */
export const codings: Readonly<Record<string, (body: string) => string>> = {
  gzip: (body) => gzipSync(Buffer.from(body, 'latin1')).toString('latin1'),
  deflate: (body) => deflateSync(Buffer.from(body, 'latin1')).toString('latin1'),
  br: (body) => brotliCompressSync(Buffer.from(body, 'latin1')).toString('latin1'),
  identity: (body) => body,
}

function bytesOf(text: string): string {
  return Buffer.from(text).toString('latin1')
}
