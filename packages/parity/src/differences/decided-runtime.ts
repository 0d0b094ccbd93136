import type { Decision } from './decision.ts'

/** What goes on around requests. */
export const decidedRuntime: readonly Decision[] = [
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
    topic: 'A stream that breaks, or is of what is no bytes',
    everywhere: 'is cut off',
    section: 'RFC 9112 §8, Fetch §4.7',
    except: ['D-26', 'D-49'],
  },
  {
    topic: 'The head of a stream',
    everywhere: 'goes out when the response is there, before its first bytes',
    section: 'decided here',
    except: ['D-75'],
  },
  {
    topic: 'A handler that never settles',
    everywhere: '503, in time',
    section: 'RFC 9110 §15.6.4',
    except: ['D-22'],
  },
  {
    topic: 'A rejection that nobody awaits, an exception that nobody catches',
    everywhere: 'is logged, and ends nothing',
    section: 'decided here',
    bare: 'Node, Bun and Deno end the process',
    except: ['D-101', 'D-102'],
  },
  {
    topic: 'A client that reads more slowly than the app writes',
    everywhere: 'holds the app back: what is in between is bounded, and all of it arrives',
    section: 'Streams §2.5',
  },
  {
    topic: 'An app that reads more slowly than the client sends',
    everywhere: 'holds the client back: what is in between is bounded, and all of it arrives',
    section: 'Streams §2.5',
    except: ['D-91'],
  },
  {
    topic: 'Parts of a stream, compressed or not',
    everywhere: 'go out when they are made',
    section: 'decided here',
    bare: 'the `CompressionStream` of Node and Bun keeps them',
    except: ['D-11', 'D-87'],
  },
  {
    topic: 'What an app logs, with `logger(c)` and with `console`',
    everywhere:
      'comes in its order and at its level; a fault is one event in JSON, with method, path and stack',
    section: 'twelve-factor XI',
    bare: 'Hono prints the stack of a fault, of many lines, and not as JSON',
  },
  {
    topic: 'A client that hangs up',
    everywhere: 'cancels the stream it read',
    section: 'Streams §4.2.4',
  },
  {
    topic: 'An upload that breaks off',
    everywhere: 'is an Error for who reads it',
    section: 'Fetch §5.3',
    except: ['D-94'],
  },
  {
    topic: '`request.signal`',
    everywhere: 'aborts when the client hangs up',
    section: 'Fetch §5.4',
    except: ['D-32'],
  },
  {
    topic: '`request.redirect`',
    everywhere: 'is `follow`',
    section: 'Fetch §5.4',
    except: ['D-29'],
  },
  {
    topic: '`c.env`',
    everywhere: 'has the variables',
    section: 'decided here',
    except: ['D-28'],
  },
  {
    topic: '`eval`, `new Function`, WebAssembly from bytes',
    everywhere: 'work',
    section: 'ECMA-262 §19.2.1.2 leaves it to the host',
    except: ['D-27'],
  },
  {
    topic: '`executionCtx.waitUntil`',
    everywhere: 'is there, and is awaited at the end',
    section: 'decided here',
    bare: 'Node has none',
  },
  {
    topic: 'A timer',
    everywhere: 'runs, also after the response',
    section: 'HTML §8.6',
    except: ['D-31'],
  },
  {
    topic: 'What one request keeps',
    everywhere: 'another can use',
    section: 'decided here',
    except: ['D-53'],
  },
  {
    topic: '`fetch` out of the app',
    everywhere: 'takes what the standard takes, and its answer has what the standard says',
    section: 'Fetch §5.4, §5.6',
    except: ['D-30', 'D-36', 'D-69', 'D-83', 'D-85'],
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
    topic: 'A service, by URL and by binding',
    everywhere:
      'gives the same answers, errors and time-outs; a redirect is an answer, or is followed within the service',
    section: 'decided here',
    bare: "by binding every redirect leads back to the service, whatever host it names, and `redirect: 'error'` is refused",
    except: ['D-110'],
  },
  {
    topic: 'An upstream that leaves, is silent, or is given up',
    everywhere:
      'rejects: `TypeError`, `TimeoutError` of `AbortSignal.timeout`, `AbortError`, also in its body',
    section: 'Fetch §5.6, DOM §3.2',
    except: ['D-54', 'D-81'],
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
  {
    topic: 'A static file',
    everywhere: 'has an ETag, ranges, conditions and variants; other methods are 405',
    section: 'RFC 9110 §8.8.3, §13, §14, §15.5.6',
    except: ['D-40', 'D-41', 'D-42', 'D-43', 'D-44', 'D-45', 'D-55', 'D-56'],
  },
  {
    topic: 'A schedule',
    everywhere:
      'runs for each minute in which it is due, in UTC, and is told it; one that fails is logged, and stops no other',
    section: 'decided here',
    except: ['D-76'],
  },
  {
    topic: '`caches`',
    everywhere: 'is not there',
    section: 'it is no part of Fetch',
    except: ['D-106'],
  },
]
