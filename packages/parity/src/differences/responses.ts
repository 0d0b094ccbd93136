import type { Difference } from './difference.ts'

/** Of responses, whatever was asked. */
export const responses: readonly Difference[] = [
  {
    number: 'D-01',
    title: 'Date',
    targets: ['workerd'],
    what: 'Port-bound every response has a `Date`. The local workerd sends none.',
    canonical: 'An origin server with a clock sends it (RFC 9110 §6.6.1).',
    why: 'The provider’s edge adds it to every response, and replaces one that a Worker sets.',
    who: 'Nobody in production. Tests that look for it on the local workerd.',
    how: 'Leave `Date` to the server; put a time that you need into a header or body of your own.',
    link: 'https://www.rfc-editor.org/rfc/rfc9110#section-6.6.1',
    localOnly: true,
    explains: ({ field }) => field === 'header date',
  },
  {
    number: 'D-02',
    title: 'Connection and Keep-Alive',
    targets: ['node'],
    what: 'Node says `Connection: keep-alive` and `Keep-Alive: timeout=65`. workerd says nothing, and keeps the connection open too.',
    canonical: 'A connection of HTTP/1.1 persists unless one side says close (RFC 9112 §9.3).',
    why: 'The fields are about one connection, which the server owns, and nothing hands them to an app.',
    who: 'Clients that take the time-out from `Keep-Alive`. Behind a proxy nobody.',
    how: 'Read neither in a client, and set neither in an app: both adapters leave them out.',
    link: 'https://www.rfc-editor.org/rfc/rfc9112#section-9.3',
    explains: ({ field, expected, got }) =>
      field === 'header keep-alive' ||
      (field === 'header connection' && !/close/i.test(`${expected} ${got}`)),
  },
  {
    number: 'D-03',
    title: 'Casing and order of names',
    targets: ['workerd', 'bun', 'deno'],
    what: 'workerd writes the names that it knows as `Content-Type` and sorts them. Node writes them as the app did, or in lower case, in the order of the app.',
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
    title: 'Framing of streams',
    targets: ['workerd'],
    what: 'A stream whose length the runtime knows (of a Blob, of bytes) has a `Content-Length` on one side and is chunked on the other.',
    canonical: 'Both are right; the bytes are the same (RFC 9112 §6).',
    why: 'workerd knows where its own streams come from, and drops a length that the app set; Node knows only streams that end at once.',
    who: 'Clients that show progress, or that need a length.',
    how: 'Send what is small as text or bytes: its length is always there. For large ones do not rely on it.',
    link: 'https://www.rfc-editor.org/rfc/rfc9112#section-6',
    explains: ({ field, expected, got }, { framings }) =>
      ['chunked', 'length'].every((framing) => framings.includes(framing)) &&
      ['framing', 'header content-length', 'header transfer-encoding'].includes(field) &&
      (field === 'framing' || [expected, got].includes('(absent)')),
  },
  {
    number: 'D-10',
    title: 'Reason phrases',
    targets: ['workerd', 'bun', 'deno'],
    what: 'The words after the status: Node has the standard’s, or `unknown`. workerd sends the `statusText` of the app, and `Successful` or `Client Error` for statuses that it does not know.',
    canonical: 'A client should ignore them (RFC 9112 §4); HTTP/2 has none.',
    why: 'workerd has its own table, and an app cannot set words for all statuses.',
    who: 'Nobody but people who read the wire.',
    how: 'Say what there is to say in the body.',
    link: 'https://www.rfc-editor.org/rfc/rfc9112#section-4',
    explains: ({ field }) => field === 'reason',
  },
  {
    number: 'D-04',
    title: 'Header values above U+00FF, names above U+007F',
    targets: ['workerd'],
    what: 'Port-bound, setting one throws a TypeError in the handler. workerd sends it in UTF-8.',
    canonical:
      'Names and values are byte strings: a character above U+00FF is a TypeError (Fetch §2.2, Web IDL §3.2.11).',
    why: 'workerd does not throw, and looking at every header again would cost every response.',
    who: 'Apps that put user input into a header: a file name with an emoji works injected, and is a 500 port-bound.',
    how: "Encode it: `encodeURIComponent`, or `filename*=UTF-8''…` (RFC 8187). Characters up to U+00FF are sent in UTF-8 everywhere.",
    link: 'https://fetch.spec.whatwg.org/#headers-class',
  },
  {
    number: 'D-05',
    title: 'A header of no standard, appended twice',
    targets: ['workerd'],
    what: 'Port-bound it is one line with a comma. workerd writes a line for each, but for names that it knows.',
    canonical: 'Both mean the same (RFC 9110 §5.3).',
    why: 'A `Headers` object says the joined value; which lines it had only the runtime knows.',
    who: 'Clients that read only the first line of a repeated field.',
    how: 'Join the values yourself and set the header once. `Set-Cookie` is never joined.',
    link: 'https://www.rfc-editor.org/rfc/rfc9110#section-5.3',
    explains: ({ field, expected, got }) =>
      field.startsWith('header ') && got.includes('\n') && got.replaceAll('\n', ', ') === expected,
  },
  {
    number: 'D-11',
    title: 'A body that the app has compressed itself',
    targets: ['workerd'],
    what: 'Port-bound the bytes are sent as they are. workerd compresses them once more, since it does that for every response that has a `Content-Encoding`.',
    canonical: '`Content-Encoding` says what was done already (RFC 9110 §8.4).',
    why: 'Only a response that was made with `encodeBody: "manual"` is left alone. What an adapter makes anew in that way would break `new Response(upstream.body, upstream)`, whose body workerd has to encode again.',
    who: 'Apps with `hono/compress`, or with files that are compressed beforehand, on Workers.',
    how: 'Let the edge compress, and port-bound a proxy; or make the response with `encodeBody: "manual"`, which other runtimes ignore.',
    link: 'https://developers.cloudflare.com/workers/runtime-apis/response/',
    explains: ({ field }, { seen }) => field === 'body' && seen.has('header content-encoding'),
  },
]
