import type { Difference } from './difference.ts'

const link = 'https://developers.cloudflare.com/workers/static-assets/'

/** Whether a field is that of a part of a file on one side, and that of the whole on the other. */
function isWhole(field: string, expected: string, got: string): boolean {
  if (field === 'status') return expected === '206' && got === '200'
  if (field === 'reason') return expected === 'Partial Content' && got === 'OK'
  if (field === 'header content-range') return got === '(absent)'
  if (field === 'header content-length') return Number(expected) < Number(got)
  return field === 'body' && got.includes(expected)
}

const noCode =
  'Workers serve static files before the Worker is asked: there is no code of ours in between.'

/** Of files in the static folder, which Workers serve by themselves. */
export const staticFiles: readonly Difference[] = [
  {
    number: 'D-40',
    group: 'files',
    title: 'Ranges of static files',
    targets: ['workerd'],
    what: 'Port-bound a file has `Accept-Ranges: bytes`, and a range is a 206. Workers send the whole file, and do not say that they take ranges.',
    canonical: 'A server may ignore `Range` (RFC 9110 §14.2).',
    why: noCode,
    who: 'Players that seek in large media, and downloads that go on where they broke off.',
    how: 'Serve large media from an object store; a client has to look for the 206 anyway.',
    link,
    explains: ({ field, expected, got }, { sent, seen }) =>
      (field === 'header accept-ranges' && got === '(absent)') ||
      (/^range:/im.test(sent) && seen.has('header etag') && isWhole(field, expected, got)),
  },
  {
    number: 'D-41',
    group: 'files',
    title: 'The ETag of a static file',
    targets: ['workerd'],
    what: 'Both are strong, made of the bytes of the file, and differ.',
    canonical: 'What is in it is the server’s to decide (RFC 9110 §8.8.3).',
    why: `${noCode} Theirs is made of more than the bytes.`,
    who: 'Clients that are sent to one target and then to the other: they get the file once more.',
    how: 'Nothing: it is sent back as it came.',
    link,
    explains: ({ field, expected, got }) =>
      field === 'header etag' && [expected, got].every((value) => /^"[0-9a-f]{32}"$/.test(value)),
  },
  {
    number: 'D-42',
    group: 'files',
    title: 'Allow on a 405 of a static file',
    targets: ['workerd'],
    what: 'Port-bound a method that a file has not is a 405 with `Allow: GET, HEAD`. Workers leave `Allow` out.',
    canonical: 'A 405 has it (RFC 9110 §15.5.6).',
    why: noCode,
    who: 'Nobody but people who read the answer.',
    how: 'Go by the status.',
    link,
    explains: ({ field, expected, got }, { seen }) =>
      field === 'header allow' &&
      expected === 'GET, HEAD' &&
      got === '(absent)' &&
      seen.get('status') === '405',
  },
  {
    number: 'D-43',
    group: 'files',
    title: 'CF-Cache-Status',
    targets: ['workerd'],
    what: 'Workers say for a static file whether it came from their cache.',
    canonical: 'No standard knows the field.',
    why: 'The provider adds it; port-bound there is no such cache.',
    who: 'Nobody.',
    how: 'Do not go by it.',
    link: 'https://developers.cloudflare.com/cache/concepts/cache-responses/',
    explains: ({ field, expected, got }) =>
      field === 'header cf-cache-status' && expected === '(absent)' && /^[A-Z]+$/.test(got),
  },
  {
    number: 'D-44',
    group: 'files',
    title: 'Content-Length of a static file’s HEAD',
    targets: ['workerd'],
    what: 'Port-bound HEAD says how long the file is. Workers do not.',
    canonical: 'A server should send what GET would have, and may leave it out (RFC 9110 §9.3.2).',
    why: noCode,
    who: 'Clients that ask for the size before they download.',
    how: 'Where the size is needed, put it where the link is.',
    link,
    explains: ({ field, got }, { method, seen }) =>
      method === 'HEAD' &&
      field === 'header content-length' &&
      got === '(absent)' &&
      seen.has('header etag'),
  },
  {
    number: 'D-45',
    group: 'files',
    title: 'Cache-Control of a static file that is asked for with Authorization or Range',
    targets: ['workerd'],
    what: 'Port-bound a file always has its `Cache-Control`. Workers leave it out where the request has `Authorization` or `Range`.',
    canonical: 'It is the server’s to send (RFC 9111 §5.2).',
    why: noCode,
    who: 'Nobody: a shared cache keeps no answer to a request with `Authorization` by itself (RFC 9111 §3.5).',
    how: 'Set it in the `_headers` file where a cache has to be told in any case.',
    link: 'https://developers.cloudflare.com/workers/static-assets/headers/',
    explains: ({ field, got }, { sent, seen }) =>
      field === 'header cache-control' &&
      got === '(absent)' &&
      /^(?:authorization|range):/im.test(sent) &&
      seen.has('header etag'),
  },
  {
    number: 'D-55',
    group: 'files',
    title: 'Conditions on static files',
    targets: ['workerd'],
    what: 'Port-bound `If-Match`, `If-None-Match: *` and a list of tags count: 412 and 304. Workers take one tag in `If-None-Match`, and send the file for all else.',
    canonical: 'A server evaluates them (RFC 9110 §13.2.1).',
    why: noCode,
    who: 'Downloads that go on only where the file is the same. No browser sends these.',
    how: 'Send the one tag that came with the file.',
    link,
  },
  {
    number: 'D-56',
    group: 'files',
    title: 'Static files that are compressed beforehand',
    targets: ['workerd'],
    what: 'Port-bound `a.js.br`, `a.js.zst` or `a.js.gz` is sent in the place of `a.js` to who takes it. Workers send `a.js`: the provider’s edge compresses by itself.',
    canonical: 'A server may choose by `Accept-Encoding` (RFC 9110 §12.5.3).',
    why: noCode,
    who: 'Who counts bytes on a bare workerd.',
    how: 'Compress beforehand for the port-bound side.',
    link,
  },
]
