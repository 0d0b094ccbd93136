import type { Finding } from '../compare.ts'
import { absent } from '../observation.ts'
import { type Difference, isOneOf, otherThan } from './difference.ts'

/** Of requests, before or as the app sees them. */
export const requests: readonly Difference[] = [
  {
    number: 'D-06',
    group: 'requests',
    title: 'Request header values beyond ASCII',
    targets: ['workerd'],
    what: 'Port-bound each byte is one character: `é` in UTF-8 reads `Ã©`. workerd decodes UTF-8, and puts U+FFFD where it is none.',
    canonical: 'Each byte is one character (Fetch §2.2, "isomorphic decode").',
    why: 'What workerd has replaced is lost. To decode on the other side would cost every request.',
    who: 'Apps whose clients send names or file names unencoded.',
    how: 'Let clients encode (RFC 8187), and compare only ASCII values: a check must not rest on others.',
    link: 'https://fetch.spec.whatwg.org/#concept-header-value',
  },
  {
    number: 'D-07',
    group: 'requests',
    title: 'Cookies in several headers',
    targets: ['workerd'],
    what: 'Port-bound the lines are joined with `; `. The local workerd joins them with a comma, so that the second cookie is a part of the first.',
    canonical:
      'A client sends one line (RFC 6265 §5.4); where HTTP/2 splits it, it is joined with `; ` (RFC 9113 §8.2.3).',
    why: 'Joined by a comma it cannot be told from a cookie whose value has one.',
    who: 'Nobody with a browser. Clients that write a Cookie header for each cookie, over HTTP/1.1.',
    how: 'Send one Cookie header.',
    link: 'https://www.rfc-editor.org/rfc/rfc6265#section-5.4',
    localOnly: true,
  },
  {
    number: 'D-13',
    group: 'wire',
    title: 'The words of a refusal',
    targets: ['workerd', 'bun', 'deno'],
    what: 'A request that never gets to the app has the same status everywhere; text, type and whether the connection stays open are the server’s.',
    canonical: 'The status decides (RFC 9110 §15.5); the text is for people.',
    why: 'These answers are given before any code of an adapter runs.',
    who: 'Nobody who goes by the status.',
    how: 'Go by the status. What an app answers itself is the same everywhere.',
    link: 'https://www.rfc-editor.org/rfc/rfc9110#section-15.5',
    explains: ({ field, expected, got }, { isRefusal }) =>
      isRefusal && [expected, got].every((value) => ofRefusals[field]?.test(value)),
  },
  {
    number: 'D-14',
    group: 'wire',
    title: 'A body that the app does not read',
    targets: ['workerd', 'deno'],
    what: 'It is read and thrown away, and the connection goes on. workerd says `Connection: close` where it has not come whole yet, and so does Deno where the answer begins before the body is read. The end of a long answer may be lost with the connection, and so may the next request on it.',
    canonical: 'A server may do either (RFC 9112 §9.3, §9.6).',
    why: 'The connection is the runtime’s.',
    who: 'Clients that go on sending a large body: they see a reset instead of the answer.',
    how: 'Read the body before you answer, or refuse by `Content-Length`.',
    link: 'https://www.rfc-editor.org/rfc/rfc9112#section-9.3',
    explains(finding, { sent, before, seen }) {
      if (isCutShort.test(seen.get('status') ?? ''))
        return hasBody.test(before) || hasBody.test(sent)
      return hasBody.test(sent) && endsConnection(finding)
    },
  },
  {
    number: 'D-17',
    group: 'requests',
    title: 'The type of a request as a Blob',
    targets: ['workerd', 'bun'],
    what: '`(await request.blob()).type` has no space after the semicolon; on workerd it is the header as it came, and on Bun always `text/plain;charset=utf-8`.',
    canonical:
      'The type is parsed and written anew, without the space (Fetch §6.2, MIME Sniffing §4.5).',
    why: 'The runtime makes the Blob.',
    who: 'Code that compares such a type as text.',
    how: 'Read `Content-Type`.',
    link: 'https://fetch.spec.whatwg.org/#dom-body-blob',
  },
  {
    number: 'D-20',
    group: 'wire',
    title: 'The connection of a request of HTTP/1.0',
    targets: ['workerd', 'deno', 'bun'],
    what: 'It is closed after the response, which says so on Node. The others close without saying it. A client that asks to stay may; Bun closes, and says nothing.',
    canonical: 'It is closed, unless both sides ask for `keep-alive` (RFC 9112 §9.3).',
    why: 'The connection is the runtime’s.',
    who: 'Checks of old load balancers, which wait for the end of the connection.',
    how: 'Speak HTTP/1.1.',
    link: 'https://www.rfc-editor.org/rfc/rfc9112#section-9.3',
    localOnly: true,
    explains: ({ field, expected, got }, { sent }) =>
      /^[^\r]* HTTP\/1\.0\r/.test(sent) &&
      (field === 'connection' ||
        (field === 'header connection' &&
          isOneOf(absent, expected, got) &&
          /^(?:close|keep-alive)$/.test(otherThan(absent, expected, got)))),
  },
  {
    number: 'D-21',
    group: 'requests',
    title: 'A file in a form that says no type',
    targets: ['workerd', 'deno', 'bun'],
    what: 'Its `type` is `text/plain`; empty on workerd, `application/octet-stream` on Deno. Bun goes by the file’s name, also where the form says a type.',
    canonical: 'It is `text/plain` (RFC 7578 §4.4, Fetch §6.2).',
    why: 'The runtime reads the form.',
    who: 'Apps that go by the type of an uploaded file. Browsers always send one.',
    how: 'Trust no type: look at the bytes.',
    link: 'https://www.rfc-editor.org/rfc/rfc7578#section-4.4',
  },
  {
    number: 'D-38',
    group: 'wire',
    title: 'Requests that are pipelined',
    targets: ['bun'],
    what: 'Both are answered, in their order. On Bun a second request that comes while the first is still being answered ends the connection: an answer that has begun is cut off, else there is none. Where the first is answered at once both are answered there too.',
    canonical: 'A server answers them in their order (RFC 9112 §9.3.2).',
    why: 'Bun’s server ends the connection by itself.',
    who: 'Clients that pipeline: no browser, and hardly a proxy.',
    how: 'Wait for a response, or open a second connection.',
    link: 'https://www.rfc-editor.org/rfc/rfc9112#section-9.3.2',
  },
  {
    number: 'D-92',
    group: 'wire',
    title: 'When 100 Continue is said',
    targets: ['workerd', 'bun', 'deno'],
    what: 'It is said at once to who waits for it with a body that is not too large. workerd says it when the app reads. Bun and Deno say it also before a 413, and to HTTP/1.0; Bun where there is no body too, and twice to a GET.',
    canonical:
      'A server may leave it out where it knows the answer, or where there is no body, and must to HTTP/1.0 (RFC 9110 §10.1.1).',
    why: 'The runtime says it before any code of an adapter runs.',
    who: 'Clients that wait with a large body until the head is judged: on Bun and Deno it is sent all the same.',
    how: 'Go by the final status, and stop sending when it is there.',
    link: 'https://www.rfc-editor.org/rfc/rfc9110#section-10.1.1',
  },
  {
    number: 'D-93',
    group: 'wire',
    title: 'Trailers of a request, and extensions of chunks',
    targets: ['node', 'workerd', 'bun', 'deno'],
    what: 'They are thrown away, and the connection goes on. Bun answers the request, then says 400 to the trailers, and ends the connection. Node and Bun refuse spaces around an extension, Node a `Content-Length` in trailers. Too much of either is 413 or 431; 500 for an app on workerd and, of extensions, on Deno; of trailers Bun and Deno take any.',
    canonical:
      'Trailers belong to the body, and what is behind them is the next request; a server limits extensions with a 4xx (RFC 9112 §7.1.1, §7.1.2).',
    why: 'The runtime reads the body.',
    who: 'Clients that send checksums or signatures behind a body: on Bun their next request needs another connection.',
    how: 'Send neither: no app sees them on any runtime.',
    link: 'https://www.rfc-editor.org/rfc/rfc9112#section-7.1.2',
  },
  {
    number: 'D-51',
    group: 'requests',
    title: 'Methods that are hardly known',
    targets: ['workerd'],
    what: 'Port-bound `BIND`, `LINK`, `M-SEARCH`, `MKCALENDAR`, `REBIND`, `SOURCE`, `UNBIND` and `UNLINK` get to the app. workerd knows none of them: 501.',
    canonical: 'A method that the server does not know is 501 (RFC 9110 §9.1).',
    why: 'workerd answers before any code runs. To keep them out everywhere would take them from calendars and file servers that are port-bound.',
    who: 'CalDAV (`MKCALENDAR`), WebDAV with bindings, UPnP.',
    how: 'Serve those port-bound.',
    link: 'https://www.iana.org/assignments/http-methods/http-methods.xhtml',
  },
  {
    number: 'D-103',
    group: 'wire',
    title: 'A fragment right behind the authority',
    targets: ['node'],
    what: 'A fragment in a target is no part of it: `GET http://a.example#b` asks for `/`. On Node it is 400 where no path is before it.',
    canonical: 'No target has a fragment (RFC 9112 §3.2); who gets one may refuse it (§3.2).',
    why: 'Node’s parser refuses it before any code runs.',
    who: 'Nobody: no client sends a fragment.',
    how: 'Send none.',
    link: 'https://www.rfc-editor.org/rfc/rfc9112#section-3.2',
  },
  {
    number: 'D-60',
    group: 'requests',
    title: 'A percent sign in a form that encodes nothing',
    targets: ['workerd'],
    what: 'In a form `a=%zz` is `%zz`, and `b=%` is `%`. workerd leaves the sign out: `zz`, and an empty text.',
    canonical: 'A percent sign that two hex digits do not follow stands for itself (URL §1.3).',
    why: 'The runtime reads the form.',
    who: 'Forms that are made by hand: browsers encode the sign.',
    how: 'Let clients encode it, as `%25`.',
    link: 'https://url.spec.whatwg.org/#percent-decode',
    explains: ({ field, expected, got }, { sent }) =>
      strayPercentIn.test(sent) &&
      (field === 'header content-length' ||
        (field === 'body' && expected.replaceAll(strayPercent, '') === got)),
  },
  {
    number: 'D-61',
    group: 'requests',
    title: 'A byte order mark that comes in two parts',
    targets: ['workerd'],
    what: 'A text begins without its byte order mark. Where that comes in two chunks workerd leaves it in the text, and as JSON such a body is an error.',
    canonical: 'It is no part of the text, however it comes (Encoding §6, "UTF-8 decode").',
    why: 'The runtime reads the body.',
    who: 'Nobody, or hardly: few clients send a mark, and none cuts it in two.',
    how: 'Let clients send UTF-8 without a mark.',
    link: 'https://encoding.spec.whatwg.org/#utf-8-decode',
    explains: ({ field }, { sent }) => cutMark.test(sent) && ofAnswers.has(field),
  },
  {
    number: 'D-107',
    group: 'requests',
    title: 'The words about a form that cannot be read',
    targets: ['workerd', 'bun', 'deno'],
    what: '`formData()` throws a TypeError of other words on each runtime. The validators of Hono say them to the client, in their 400.',
    canonical: 'It is a TypeError; its words are left open (Fetch §5.3).',
    why: 'The runtime reads the form.',
    who: 'Clients that show the text of a 400, or compare it.',
    how: 'Answer with words of your own, in `onError`.',
    link: 'https://fetch.spec.whatwg.org/#dom-body-formdata',
    explains: ({ field, expected, got }, { seen }) =>
      field === 'body'
        ? [expected, got].every((text) => unreadableForm.test(text))
        : field === 'header content-length' && unreadableForm.test(seen.get('body') ?? ''),
  },
  {
    number: 'D-108',
    group: 'requests',
    title: 'A form of parts that breaks off',
    targets: ['deno'],
    what: 'A form of parts without the boundary that ends it cannot be read. On Deno it has the parts that came whole, and be it none.',
    canonical:
      'The last part is followed by a boundary that says so (RFC 2046 §5.1.1, Fetch §5.3).',
    why: 'The runtime reads the form.',
    who: 'Apps that take a form without a field to be one that left it out.',
    how: 'Say which fields there must be.',
    link: 'https://www.rfc-editor.org/rfc/rfc2046#section-5.1.1',
  },
  {
    number: 'D-109',
    group: 'requests',
    title: 'A byte order mark before a form',
    targets: ['workerd', 'bun'],
    what: 'In a form in a URL’s encoding a byte order mark is a part of the first name. workerd and Bun leave it out.',
    canonical: 'A form is decoded without taking a mark off (URL §5.1).',
    why: 'The runtime reads the form.',
    who: 'Nobody, or hardly: browsers send no mark.',
    how: 'Let clients send none.',
    link: 'https://url.spec.whatwg.org/#concept-urlencoded-parser',
    explains: ({ field, expected, got }, { sent }) =>
      markedForm.test(sent) &&
      (field === 'header content-length' ||
        (field === 'body' && [expected, got].some((text) => text.includes(mark)))),
  },
]

const hasBody = /\r\n(?:transfer-encoding: chunked|content-length: [1-9])/i
const isCutShort = /^connection (?:closed|reset)$/

/** What is seen where a server ends the connection, and the client may lose the end of its answer. */
function endsConnection({ field, expected, got }: Finding): boolean {
  const rest = '(cut off)'
  if (field === 'body') return got.endsWith(rest) && expected.startsWith(got.slice(0, -rest.length))
  if (field === 'connection') {
    return isOneOf('open', expected, got) && isOneOf('closed', expected, got)
  }
  return (
    field === 'header connection' &&
    isOneOf('close', expected, got) &&
    /^(?:\(absent\)|keep-alive)$/.test(otherThan('close', expected, got))
  )
}

const mark = '\xef\xbb\xbf'

/** A form in a URL’s encoding that begins with one. */
const markedForm =
  /\r\ncontent-type: application\/x-www-form-urlencoded[^]*?\r\n\r\n(?:[\da-f]+\r\n)?\xef\xbb\xbf/i

/** What Hono's validators say, with the words of the runtime behind it. */
const unreadableForm = /^Malformed FormData request\. /

/** A body that begins with EF BB BF, in two chunks or three. */
const cutMark = /\r\n\r\n(?:1\r\n\xef\r\n[\da-f]+\r\n\xbb|2\r\n\xef\xbb\r\n[\da-f]+\r\n\xbf)/

/** What an app that reads another text answers otherwise. */
const ofAnswers = new Set(['status', 'body', 'header content-type', 'header content-length'])

const strayPercent = /%(?![\da-f]{2})/gi

/** A form in a URL’s encoding that has one. */
const strayPercentIn =
  /\r\ncontent-type: *application\/x-www-form-urlencoded[^]*\r\n\r\n[^]*%(?![\da-f]{2})/i

/** Fields of an answer that the server gives itself, and what it says in them. */
const ofRefusals: Readonly<Record<string, RegExp>> = {
  body: /^/,
  framing: /^(?:length|until close)$/,
  connection: /^(?:open|closed)$/,
  'header content-type': /^(?:\(absent\)|text\/plain(?:; ?charset=utf-8)?)$/i,
  'header content-length': /^(?:\(absent\)|\d+)$/,
  'header connection': /^(?:\(absent\)|(?:close|keep-alive)(?:\nclose)?)$/,
  'header date': /^(?:\(absent\)|<date>)$/,
}
