/** What is the same on every target, and the section that decided it. */
export interface Decision {
  readonly topic: string
  /** What happens everywhere. */
  readonly everywhere: string
  readonly section: string
  /** What it is without the adapters, where that differs. */
  readonly bare?: string
  /** Numbers of the differences that are exceptions. */
  readonly except?: readonly string[]
}

/** In the order of a request: what comes in, what goes out, what goes on around it. */
export const decisions: readonly Decision[] = [
  {
    topic: 'Dot segments, also as `%2e`',
    everywhere: 'are resolved before the app sees the path',
    section: 'URL §4.4',
    bare: 'workerd hands over `/a/../admin` as it is',
  },
  {
    topic: 'Encoded slashes (`%2F`)',
    everywhere: 'stay encoded, and part no segments',
    section: 'URL §4.4',
  },
  {
    topic: 'A backslash in a path; `<`, `>`, a backtick',
    everywhere: '400',
    section: 'RFC 9112 §3.2, RFC 3986 §3.3',
    bare: 'a backslash is a slash to URL parsers, and none to workerd',
    except: ['D-37'],
  },
  {
    topic: 'A fragment in a target',
    everywhere: 'is no part of `request.url`',
    section: 'RFC 9112 §3.2.1',
    bare: 'Node keeps it',
  },
  {
    topic: '`{`, `^`, `"` in a path, `\'` in a query',
    everywhere: 'are encoded as the URL standard does',
    section: 'URL §1.3',
    bare: 'workerd leaves all, Node some of them',
  },
  {
    topic: 'Bytes beyond ASCII in a target',
    everywhere: '400',
    section: 'RFC 3986 §2',
    bare: 'workerd takes UTF-8',
    except: ['D-37'],
  },
  {
    topic: 'A host in capitals, with `:80`, with a bare colon',
    everywhere: 'is the same host in `request.url`',
    section: 'RFC 9110 §4.2.3',
    bare: 'workerd: verbatim',
  },
  {
    topic: 'A `Host` that is none: `a b`, `user@a`, `0x7f.1`, `a/b`',
    everywhere: '400',
    section: 'RFC 9112 §3.2',
    bare: 'workerd takes it, and `a/b` becomes a part of the path',
  },
  {
    topic: 'The scheme of an absolute-form target',
    everywhere: 'counts for nothing',
    section: 'RFC 9112 §3.2.2',
    bare: 'Node’s usual adapter believes it',
  },
  {
    topic: '`OPTIONS *`',
    everywhere: 'is answered with 200, and no app sees it',
    section: 'RFC 9110 §9.3.7',
    bare: 'workerd asks the app for `http://host*`',
    except: ['D-37'],
  },
  {
    topic: 'A method that is unknown, or in lower case',
    everywhere: '501',
    section: 'RFC 9110 §9.1',
    bare: 'Node: 400',
    except: ['D-37', 'D-51'],
  },
  {
    topic: 'CONNECT',
    everywhere: 'gets an answer, and ends nothing',
    section: 'RFC 9110 §9.3.6',
    bare: 'Node closes without a word',
    except: ['D-19'],
  },
  {
    topic: 'Repeated request headers',
    everywhere: 'are joined with a comma and a space',
    section: 'Fetch §2.2.2',
    except: ['D-07'],
  },
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
    topic: '`é` in a response header',
    everywhere: 'goes out in UTF-8',
    section: 'RFC 9110 §5.5 leaves it open; workerd decides',
    bare: 'on Node it depends on the body; Bun and Deno send Latin-1',
  },
  {
    topic: 'The type of a body that says none',
    everywhere:
      '`text/plain;charset=UTF-8` for text, the Blob’s for a Blob, none for bytes and streams',
    section: 'Fetch §6.5',
    bare: 'Node: text for all; Bun writes `charset=utf-8`',
    except: ['D-39'],
  },
  {
    topic: 'A `Content-Length` of the app',
    everywhere: 'is replaced where the body is there as a whole',
    section: 'RFC 9112 §6.3',
    bare: 'Node sends the wrong one',
    except: ['D-35'],
  },
  {
    topic: 'A response without a body: a redirect, 205, `Response(null)`',
    everywhere: '`Content-Length: 0`',
    section: 'RFC 9112 §6.3',
    bare: 'Node: chunked',
    except: ['D-47'],
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
    topic: '`Host`, `Content-Length`, `Connection` and its like, set on a request of `fetch`',
    everywhere: 'are left out: `fetch(url, c.req.raw)` is a proxy',
    section: 'Fetch §2.2.2, RFC 9110 §7.6.1',
    bare: 'Node rejects some, and a length that is wrong; Bun sends the client’s `Host`',
    except: ['D-67'],
  },
  {
    topic: 'The body of a request of `fetch`',
    everywhere: 'has the type and the length of its kind',
    section: 'Fetch §6.5, RFC 9112 §6.3',
    bare: 'Bun says no type of a text',
    except: ['D-82', 'D-86'],
  },
  {
    topic: 'A method that `fetch` cannot send',
    everywhere: 'is a TypeError',
    section: 'Fetch §2.2.1',
    bare: 'Bun sends a GET',
    except: ['D-68'],
  },
  {
    topic: 'Redirects of an upstream',
    everywhere:
      'are followed, twenty at most; 301 and 302 make a GET of a POST, 303 of all, and without `Authorization` to another origin',
    section: 'Fetch §4.5',
    except: ['D-65', 'D-84'],
  },
  {
    topic: 'An upstream that leaves, is silent, or is given up',
    everywhere:
      'rejects: `TypeError`, `TimeoutError` of `AbortSignal.timeout`, `AbortError`, also in its body',
    section: 'Fetch §5.6, DOM §3.2',
    except: ['D-54', 'D-81'],
  },
  {
    topic: 'What a handler throws, of every kind',
    everywhere: 'is a bare 500; what was thrown is in the log alone',
    section: 'RFC 9110 §15.6.1',
  },
  {
    topic: 'A response whose body was read',
    everywhere: 'is a bare 500',
    section: 'Fetch §5.5',
    bare: 'Node sends the error’s message to the client',
    except: ['D-26'],
  },
  {
    topic: 'A rejection that nobody awaits, an exception that nobody catches',
    everywhere: 'is logged, and ends nothing',
    section: 'decided here',
    bare: 'Node, Bun and Deno end the process',
  },
  {
    topic: 'A client that hangs up',
    everywhere: 'cancels the stream it read',
    section: 'Streams §4.2.4',
  },
  {
    topic: '`executionCtx.waitUntil`',
    everywhere: 'is there, and is awaited at the end',
    section: 'decided here',
    bare: 'Node has none',
  },
  {
    topic: 'WebSockets',
    everywhere:
      'open, text, binary as an ArrayBuffer, fragments, order, close codes, 1009 and 1011 are the same',
    section: 'RFC 6455',
    bare: 'workerd calls no `onOpen` and wants `websocket` in lower case; Bun closes with 1000 for no code',
    except: ['D-24', 'D-34', 'D-50'],
  },
  {
    topic: 'A WebSocket client that breaks the protocol',
    everywhere:
      'is closed with 1002, 1007 or 1009; the app gets `onError`, and `onClose` with 1006',
    section: 'RFC 6455 §7.1.7, §7.4, §8.1',
    bare: 'workerd echoes close codes that may not be sent',
    except: ['D-23', 'D-70', 'D-71', 'D-72'],
  },
  {
    topic: 'WebSocket messages that are too large, or too many',
    everywhere: 'a message has at most what the route says, and never more than 32 MiB: 1009',
    section: 'RFC 6455 §10.4',
    except: ['D-70', 'D-73'],
  },
  {
    topic: 'A WebSocket when its server stops',
    everywhere: 'is closed with 1012',
    section: 'IANA’s registry of RFC 6455 §7.4.1',
    bare: 'Deno says 1001',
    except: ['D-74'],
  },
]
