import type { Decision } from './decision.ts'

/** What goes out. */
export const decidedResponses: readonly Decision[] = [
  {
    topic: 'A status outside of 200–599',
    everywhere: 'is a RangeError in the handler, for `onError`',
    section: 'Fetch §5.5',
    bare: 'Node sends 99, 600 and 999; Deno takes 101',
  },
  {
    topic: 'A body with 204, 205 or 304',
    everywhere: 'is a TypeError in the handler; an empty text is no body',
    section: 'Fetch §5.5',
    bare: 'Node and Bun send it, or drop it',
  },
  {
    topic: 'CR, LF or NUL in a header',
    everywhere: 'is a TypeError in the handler; at the ends of a value it is stripped',
    section: 'Fetch §2.2.2',
    bare: 'Node’s usual adapter ends the process',
    except: ['D-04'],
  },
  {
    topic: 'CR, LF or NUL in a status text',
    everywhere: 'is a TypeError in the handler',
    section: 'Fetch §5.5',
    bare: 'Bun takes it',
  },
  {
    topic: '`é` in a response header',
    everywhere: 'goes out in UTF-8',
    section: 'RFC 9110 §5.5 leaves it open; workerd decides',
    bare: 'on Node it depends on the body; Bun and Deno send Latin-1',
  },
  {
    topic: 'A field that the app appends twice',
    everywhere: 'is one line with a comma',
    section: 'RFC 9110 §5.3',
    except: ['D-05'],
  },
  {
    topic: 'Names of fields',
    everywhere: 'have no case and no order that mean anything',
    section: 'RFC 9110 §5.1, §5.3',
    except: ['D-03'],
  },
  {
    topic: 'The words after a status',
    everywhere: 'are the standard’s',
    section: 'RFC 9112 §4',
    except: ['D-10'],
  },
  {
    topic: 'An ETag that the app makes',
    everywhere: 'is sent as it is, and holds for `If-None-Match`',
    section: 'RFC 9110 §8.8.3, §13.1.2',
    except: ['D-105'],
  },
  {
    topic: '`Date`',
    everywhere: 'is in every response',
    section: 'RFC 9110 §6.6.1',
    except: ['D-01'],
  },
  {
    topic: 'The type of a body that says none',
    everywhere:
      '`text/plain;charset=UTF-8` for text, the Blob’s for a Blob, none for bytes and streams',
    section: 'Fetch §6.5',
    bare: 'Node: text for all; Bun `charset=utf-8`, and a type of its own for bytes',
  },
  {
    topic: 'A `Content-Length` of the app',
    everywhere: 'is replaced where the body is there as a whole',
    section: 'RFC 9112 §6.3',
    bare: 'Node sends the wrong one',
    except: ['D-35'],
  },
  {
    topic: 'The framing of a body',
    everywhere: 'text and bytes have their length, streams are chunked',
    section: 'RFC 9112 §6',
    except: ['D-09', 'D-35'],
  },
  {
    topic: 'A response without a body: a redirect, 205, `Response(null)`',
    everywhere: '`Content-Length: 0`',
    section: 'RFC 9112 §6.3',
    bare: 'Node: chunked',
    except: ['D-47'],
  },
  {
    topic: 'The `Location` of a redirect',
    everywhere:
      'is what `c.redirect` was given, and the whole URL of `Response.redirect`, which takes 301, 302, 303, 307 and 308',
    section: 'RFC 9110 §10.2.2, Fetch §5.5',
  },
  {
    topic: '`Connection`, `Keep-Alive`, `TE`, `Trailer`, `Transfer-Encoding`, `Upgrade` of the app',
    everywhere: 'are left out',
    section: 'RFC 9110 §7.6.1',
    bare: 'Node sends them',
    except: ['D-02'],
  },
  {
    topic: '`Set-Cookie`',
    everywhere: 'is a line for each cookie',
    section: 'RFC 6265 §3',
  },
  {
    topic: 'HEAD',
    everywhere: 'has the head of GET, and no body',
    section: 'RFC 9110 §9.3.2',
    bare: 'Bun and Deno say `Content-Length: 0`',
    except: ['D-44', 'D-46'],
  },
  {
    topic: 'A response of `fetch`, returned as it is, or made of one',
    everywhere: 'says no `Content-Encoding` that its body no longer has, and no length of it',
    section: 'Fetch §4.7',
    bare: 'Node, Bun and Deno send the plain body as gzip, and cut it off at the length of what came',
    except: ['D-11', 'D-66', 'D-80'],
  },
  {
    topic: 'Its cookies, and its bytes beyond ASCII',
    everywhere: 'go out as they came, a line for each cookie',
    section: 'RFC 9110 §5.5',
  },
  {
    topic: 'A body that the app has compressed',
    everywhere: 'is sent as it is',
    section: 'RFC 9110 §8.4',
    except: ['D-11'],
  },
]
