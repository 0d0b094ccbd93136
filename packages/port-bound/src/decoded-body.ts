/** Codings that the runtime's `fetch` takes off a body, in lower case. */
let decodes: (coding: string) => boolean = () => false

/** Bodies of `fetch` that came with a coding, and have none any more. */
const bodies = new WeakSet<object>()

/** @param codings what the `fetch` of this runtime takes off */
export function setDecodedCodings(codings: (coding: string) => boolean): void {
  decodes = codings
}

/** Remembers the body of a response of `fetch` where its coding was taken off. */
export function rememberDecoded(response: Response): Response {
  if (isDecoded(response) && response.body) bodies.add(response.body)
  return response
}

/**
 * Whether a response is one of `fetch` whose body has no longer the coding that its headers tell of
 * (Fetch §4.7): they still have `Content-Encoding`, and the length of what came.
 */
export function isDecoded({ url, headers }: Response): boolean {
  if (url === '') return false
  const coding = headers.get('content-encoding')
  return coding !== null && decodes(coding.toLowerCase())
}

/** Headers for a new response with such a body, or made of such a response: those of its bytes. */
export function headersOfDecoded(
  body: unknown,
  from: unknown,
  given: HeadersInit | undefined,
): Headers | undefined {
  const isCopy = from instanceof Response && isDecoded(from)
  if (!isCopy && !(body instanceof ReadableStream && bodies.has(body))) return undefined
  const headers = new Headers(given)
  headers.delete('content-encoding')
  headers.delete('content-length')
  return headers
}
