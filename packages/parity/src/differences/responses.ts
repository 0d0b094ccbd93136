import { STATUS_CODES } from 'node:http'
import { gunzipSync } from 'node:zlib'
import { absent } from '../observation.ts'
import { type Difference, isOneOf, otherThan } from './difference.ts'

/** Of responses, whatever was asked. */
export const responses: readonly Difference[] = [
  {
    number: 'D-01',
    group: 'wire',
    title: 'Date',
    targets: ['workerd'],
    what: 'Port-bound every response has a `Date`. The local workerd sends none.',
    canonical: 'An origin server with a clock sends it (RFC 9110 §6.6.1).',
    why: 'The provider’s edge adds it to every response, and replaces one that a Worker sets.',
    who: 'Nobody in production. Tests that look for it on the local workerd.',
    how: 'Leave `Date` to the server; put a time that you need into a header or body of your own.',
    link: 'https://www.rfc-editor.org/rfc/rfc9110#section-6.6.1',
    localOnly: true,
    explains: ({ field, expected, got }) =>
      field === 'header date' && isOneOf(absent, expected, got),
  },
  {
    number: 'D-02',
    group: 'wire',
    title: 'Connection and Keep-Alive',
    targets: ['node'],
    what: 'Node says `Connection: keep-alive` and `Keep-Alive: timeout=65`. The others say nothing, and keep the connection open too.',
    canonical: 'A connection of HTTP/1.1 persists unless one side says close (RFC 9112 §9.3).',
    why: 'Node says after which time it ends an idle connection, so that a client that minds it sends nothing into one that is being closed. The others do not say when they do, and an app cannot: the fields of a connection are the server’s.',
    who: 'Clients that take the time-out from `Keep-Alive`. Behind a proxy nobody.',
    how: 'Read neither in a client, and set neither in an app: the adapters leave them out.',
    link: 'https://www.rfc-editor.org/rfc/rfc9112#section-9.3',
    explains: ({ field, expected, got }) =>
      isOneOf(absent, expected, got) &&
      ((field === 'header keep-alive' && /^timeout=\d+$/.test(otherThan(absent, expected, got))) ||
        (field === 'header connection' && isOneOf('keep-alive', expected, got))),
  },
  {
    number: 'D-03',
    group: 'wire',
    title: 'Casing and order of names',
    targets: ['workerd', 'bun', 'deno'],
    what: 'workerd and Bun write the names that they know as `Content-Type`, and before the others, each in an order of its own. Deno writes all in lower case, in the order of the alphabet; Node as the app did, in its order.',
    canonical:
      'Names have no case, and the order of different names means nothing (RFC 9110 §5.1, §5.3).',
    why: 'A `Headers` object keeps neither; what is left of them is the runtime’s.',
    who: 'Clients that compare names with their case, which over HTTP/2 fail everywhere.',
    how: 'Look names up without their case.',
    link: 'https://www.rfc-editor.org/rfc/rfc9110#section-5.1',
    explains: ({ field }) => field === 'names',
  },
  {
    number: 'D-09',
    group: 'wire',
    title: 'Framing of streams',
    targets: ['workerd', 'bun', 'deno'],
    what: 'A body that is no text and no bytes is chunked, but for a Blob and an empty stream. workerd and Bun say the length of a stream that is there at once, workerd of a request’s body that is handed on, Bun of one that ends before its head is out, Deno of a request’s body that is small. Deno chunks a Blob; workerd and Deno chunk an empty stream.',
    canonical: 'Both are right; the bytes are the same (RFC 9112 §6).',
    why: 'Each runtime knows of other streams where they come from. workerd and Bun drop a length that the app set.',
    who: 'Clients that show progress, or that need a length.',
    how: 'Send what is small as text or bytes: its length is always there. For large ones do not rely on it.',
    link: 'https://www.rfc-editor.org/rfc/rfc9112#section-6',
    explains: ({ field, expected, got }, { framings }) =>
      ['chunked', 'length'].every((framing) => framings.includes(framing)) &&
      (field === 'framing'
        ? isOneOf('chunked', expected, got) && isOneOf('length', expected, got)
        : isOneOf(absent, expected, got) &&
          ((field === 'header content-length' && /^\d+$/.test(otherThan(absent, expected, got))) ||
            (field === 'header transfer-encoding' && isOneOf('chunked', expected, got)))),
  },
  {
    number: 'D-10',
    group: 'wire',
    title: 'Reason phrases',
    targets: ['workerd', 'bun', 'deno'],
    what: "The words after the status: Node has the standard’s, or `unknown`. workerd sends the `statusText` of the app. For a status that no standard has workerd says such as `Client Error` (of 425 too), Bun `HM`, and Deno nothing. A few are spelled in another way: `I'm a teapot`.",
    canonical: 'A client should ignore them (RFC 9112 §4); HTTP/2 has none.',
    why: 'Each runtime has its own table, and an app cannot set words for all statuses.',
    who: 'Nobody but people who read the wire.',
    how: 'Say what there is to say in the body.',
    link: 'https://www.rfc-editor.org/rfc/rfc9112#section-4',
    explains: ({ field, expected, got }, { seen }) =>
      field === 'reason' &&
      [expected, got].some((words) => isUsual(Number(seen.get('status')), words)),
  },
  {
    number: 'D-04',
    group: 'responses',
    title: 'Header values and status texts above U+00FF, header names above U+007F',
    targets: ['workerd'],
    what: 'Port-bound, setting one throws a TypeError in the handler, and so does asking a request for such a name. workerd sends such a value or status text in UTF-8, leaves a line with such a name out, and says that a request has none.',
    canonical:
      'All three are byte strings: a character above U+00FF is a TypeError (Fetch §2.2, §5.5, Web IDL §3.2.11), and so is a name that is no token.',
    why: 'workerd does not throw, and looking at every header again would cost every response.',
    who: 'Apps that put user input into a header: a file name with an emoji works injected, and is a 500 port-bound.',
    how: "Encode it: `encodeURIComponent`, or `filename*=UTF-8''…` (RFC 8187). Characters up to U+00FF are sent in UTF-8 everywhere.",
    link: 'https://fetch.spec.whatwg.org/#headers-class',
    explains: (_finding, { seen }) => [...seen].some(isBeyondByteStrings),
  },
  {
    number: 'D-05',
    group: 'responses',
    title: 'A header of no standard, appended twice',
    targets: ['workerd'],
    what: 'It is one line with a comma. workerd writes a line for each, but for names that it knows.',
    canonical: 'Both mean the same (RFC 9110 §5.3).',
    why: 'A `Headers` object says the joined value; which lines it had only the runtime knows.',
    who: 'Clients that read only the first line of a repeated field.',
    how: 'Join the values yourself and set the header once. `Set-Cookie` is never joined.',
    link: 'https://www.rfc-editor.org/rfc/rfc9110#section-5.3',
    explains: ({ field, expected, got }) =>
      field.startsWith('header ') &&
      field !== 'header set-cookie' &&
      got.includes('\n') &&
      got.replaceAll('\n', ', ') === expected,
  },
  {
    number: 'D-11',
    group: 'responses',
    title: 'A body that the app has compressed itself',
    targets: ['workerd'],
    what: 'Port-bound the bytes are sent as they are. workerd compresses them once more, since it does that for every response that has a `Content-Encoding`, and keeps a slow stream until enough of it is there.',
    canonical: '`Content-Encoding` says what was done already (RFC 9110 §8.4).',
    why: 'Only a response that was made with `encodeBody: "manual"` is left alone. What an adapter makes anew in that way would break `new Response(upstream.body, upstream)`, whose body workerd has to encode again.',
    who: 'Apps with `hono/compress`, or with files that are compressed beforehand, on Workers.',
    how: 'Let the edge compress, and port-bound a proxy; or make the response with `encodeBody: "manual"`, which other runtimes ignore.',
    link: 'https://developers.cloudflare.com/workers/runtime-apis/response/',
    explains: ({ field, expected, got }, { seen }) =>
      field === 'body' &&
      seen.get('header content-encoding') === 'gzip' &&
      decoded(got) === expected,
  },
  {
    number: 'D-87',
    group: 'responses',
    title: 'A slow stream that a middleware compresses',
    targets: ['workerd'],
    what: 'Behind `hono/compress` each part of a stream goes out when it is made. On workerd it waits until some 16 KB are there, or the end. Event streams are not compressed, and come at once everywhere.',
    canonical: 'When to hand on is left open (Compression Standard §4).',
    why: 'The `CompressionStream` of workerd hands on nothing before, and an adapter of 1 KB brings none of its own.',
    who: 'Apps that stream text, as language models make it, behind `hono/compress` on Workers.',
    how: 'Let the edge compress: use no `compress()` on Workers. Or stream events.',
    link: 'https://compression.spec.whatwg.org/#compression-stream',
  },
  {
    number: 'D-105',
    group: 'responses',
    title: 'The ETag of what is compressed',
    targets: ['workerd', 'bun', 'deno'],
    what: 'Where `hono/etag` comes before `hono/compress`, the ETag is made of the compressed bytes. Each runtime compresses to other bytes, and so has another.',
    canonical:
      'A strong ETag is of the bytes that are sent (RFC 9110 §8.8.1); which the coding makes is left open.',
    why: 'The runtime compresses.',
    who: 'Clients that have an answer of one target and ask another whether it is still so: they get it again.',
    how: 'Name `compress()` before `etag()`: the ETag is then of what the app sends.',
    link: 'https://www.rfc-editor.org/rfc/rfc9110#section-8.8.3.3',
    explains: ({ field, expected, got }, { seen }) =>
      field === 'header etag' &&
      /^(?:gzip|deflate|br)$/.test(seen.get('header content-encoding') ?? '') &&
      [expected, got].every((tag) => tag.startsWith('"')),
  },
  {
    number: 'D-46',
    group: 'wire',
    title: 'How HEAD says that it says no length',
    targets: ['bun'],
    what: 'A HEAD that has no `Content-Length` has `Transfer-Encoding: chunked` on Bun, and neither elsewhere.',
    canonical:
      'Either is right; a length that GET has not would be wrong (RFC 9110 §8.6, RFC 9112 §6.1).',
    why: 'Without it Bun’s server says `Content-Length: 0`.',
    who: 'Nobody.',
    how: 'Nothing.',
    link: 'https://www.rfc-editor.org/rfc/rfc9112#section-6.1',
    explains: ({ field, got }, { method }) =>
      method === 'HEAD' && field === 'header transfer-encoding' && got === 'chunked',
  },
  {
    number: 'D-47',
    group: 'wire',
    title: 'The length of a 205',
    targets: ['deno'],
    what: 'A 205 has `Content-Length: 0`. On Deno it says nothing of its length.',
    canonical: 'It has no content, and says so (RFC 9110 §15.3.6).',
    why: 'Deno’s server leaves out the field and chunks of a 205, also where the app sets them, and ends no connection after an answer.',
    who: 'Clients that do not know that a 205 has no body, curl among them: they wait for the end of the connection.',
    how: 'Use 204.',
    link: 'https://www.rfc-editor.org/rfc/rfc9110#section-15.3.6',
    explains: ({ field, expected, got }, { seen }) =>
      seen.get('status') === '205' &&
      (field === 'header content-length'
        ? isOneOf(absent, expected, got) && isOneOf('0', expected, got)
        : field === 'framing' && isOneOf('none', expected, got)),
  },
]

/** What runtimes say for a status that they do not know, and what they spell otherwise. */
const ownWords: ReadonlySet<string> = new Set([
  '',
  'HM',
  'Successful',
  'Redirection',
  'Client Error',
  'Server Error',
  'Switch Proxy',
  "I'm a teapot",
  'Non Authoritative Information',
  'Request Entity Too Large',
])

/** Whether they are no words of the app's. */
function isUsual(status: number, words: string): boolean {
  return words === (STATUS_CODES[status] ?? 'unknown') || ownWords.has(words)
}

/** Once more: an observation has taken off one coding. */
function decoded(body: string): string | undefined {
  try {
    return gunzipSync(Buffer.from(body, 'latin1')).toString('latin1')
  } catch {
    return undefined
  }
}

/** A field that no standard `Headers` and no standard `Response` has: in UTF-8, what is no byte string. */
function isBeyondByteStrings([field, value]: readonly [string, string]): boolean {
  if (!field.startsWith('header ') && field !== 'reason') return false
  return /[^ -~]/.test(field) || /[^\0-\u00ff]/.test(Buffer.from(value, 'latin1').toString('utf8'))
}
