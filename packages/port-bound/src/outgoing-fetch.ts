import { rememberDecoded } from './decoded-body.ts'
import { hopByHop } from './wire-field.ts'

/** Fields of a connection, and of what `fetch` says of it, which are not the app's (Fetch §2.2.2). */
const ofClient: readonly string[] = [...hopByHop, 'expect', 'host']

/**
 * A `fetch` that leaves out fields of the connection, as Workers do: an app that hands on the headers
 * of its client has them, and Node refuses some, Bun sends the client's `Host`. What comes back
 * decoded is remembered, so that a response made of it does not say otherwise.
 *
 * @param ofProcess the runtime's own
 */
export function createOutgoingFetch(ofProcess: typeof fetch): typeof fetch {
  return async function fetch(input, init) {
    return rememberDecoded(await ofProcess(...withoutConnection(input, init)))
  }
}

function withoutConnection(
  input: RequestInfo | URL,
  init: RequestInit | undefined,
): [RequestInfo | URL, RequestInit?] {
  const given = init?.headers ?? (input instanceof Request ? input.headers : undefined)
  if (given === undefined) return init === undefined ? [input] : [input, init]
  const headers = new Headers(given)
  const left = ofClient.filter((name) => headers.has(name))
  // What is sent as a whole is counted; the length of a stream only the app knows.
  if (headers.has('content-length') && !isStream(input, init)) left.push('content-length')
  if (left.length === 0) return init === undefined ? [input] : [input, init]
  for (const name of left) headers.delete(name)
  // One that stands where its parts may has them in its prototype.
  if (init instanceof Request) return [new Request(input, init), { headers }]
  return [input, { ...init, headers }]
}

function isStream(input: RequestInfo | URL, init: RequestInit | undefined): boolean {
  const body = init?.body ?? (input instanceof Request ? input.body : undefined)
  return body instanceof ReadableStream
}
