/** Fields of a connection are the server's, which owns it (RFC 9110 §7.6.1). */
const ofConnection: ReadonlySet<string> = new Set([
  'connection',
  'keep-alive',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
])

const beyondAscii = /[^\0-\x7f]/

/**
 * An app's response as it may go out: without fields of a connection, and with what is beyond ASCII
 * in UTF-8, as on Workers. The runtimes write a header's characters as one byte each.
 */
export function wireResponse(response: Response): Response {
  // A 426 must say to what (RFC 9110 §15.5.22).
  const mayUpgrade = response.status === 426
  const changes: [name: string, value: string | undefined][] = []
  for (const [name, value] of response.headers) {
    if (ofConnection.has(name) && !mayUpgrade) changes.push([name, undefined])
    else if (beyondAscii.test(value)) changes.push([name, utf8Bytes(value)])
  }
  // What fetch has decoded is not encoded any more.
  if (response.url !== '' && response.headers.has('content-encoding')) {
    changes.push(['content-encoding', undefined], ['content-length', undefined])
  }
  return changes.length === 0 ? response : withHeaders(response, changes)
}

/** Each byte of a text in UTF-8 as one character. */
function utf8Bytes(text: string): string {
  return Buffer.from(text).toString('latin1')
}

/** A response with one header changed, or without it. */
export function withHeader(response: Response, name: string, value: string | undefined): Response {
  return withHeaders(response, [[name, value]])
}

function withHeaders(
  response: Response,
  changes: readonly (readonly [name: string, value: string | undefined])[],
): Response {
  // Set-Cookie comes more than once: the first change of it clears what there was.
  const cleared = new Set<string>()
  const apply = ({ headers }: Response) => {
    for (const [name, value] of changes) {
      if (!cleared.has(name)) headers.delete(name)
      cleared.add(name)
      if (value !== undefined) headers.append(name, value)
    }
  }
  try {
    apply(response)
    return response
  } catch {
    // One that came from `fetch` has headers that cannot be changed.
    const copy = new Response(response.body, response)
    cleared.clear()
    apply(copy)
    return copy
  }
}
