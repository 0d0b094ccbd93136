import { ProblemError } from './problem.ts'

/** How far into a page its own word on its encoding is looked for (HTML §13.2.3.2). */
const prescanBytes = 1024

/**
 * The text of a page, piece by piece, of its first `limitBytes` bytes. The rest is not read.
 *
 * @param contentType of the response: a `charset` there comes first, after a byte order mark
 * @throws ProblemError 502 where the connection breaks off
 */
export async function* pageText(
  body: ReadableStream<Uint8Array>,
  contentType: string,
  limitBytes: number,
): AsyncGenerator<string, void> {
  const reader = body.getReader()
  const read = () =>
    reader.read().catch(() => {
      throw new ProblemError(502, 'The page broke off.')
    })
  try {
    let start: Uint8Array = new Uint8Array()
    let ended = false
    while (!ended && start.byteLength < prescanBytes) {
      const { done, value } = await read()
      ended = done
      if (value) start = concat(start, value)
    }
    const decoder = decoderFor(start, contentType)
    let left = limitBytes
    for (let chunk = start; ;) {
      yield decoder.decode(chunk.subarray(0, left), { stream: true })
      left -= chunk.byteLength
      if (ended || left <= 0) break
      const { done, value } = await read()
      if (done) break
      chunk = value
    }
    yield decoder.decode()
  } finally {
    await reader.cancel().catch(() => {})
  }
}

/** Byte order mark, then the header, then the page's `<meta>`, then UTF-8. */
function decoderFor(start: Uint8Array, contentType: string): TextDecoder {
  const [first, second] = start
  const mark =
    first === 0xff && second === 0xfe
      ? 'utf-16le'
      : first === 0xfe && second === 0xff
        ? 'utf-16be'
        : first === 0xef && second === 0xbb && start[2] === 0xbf
          ? 'utf-8'
          : undefined
  const ascii = new TextDecoder('windows-1252').decode(start.subarray(0, prescanBytes))
  const meta = /<meta\b[^>]*\bcharset\s*=\s*["']?\s*([\w:.-]+)/i.exec(ascii)?.[1]
  const header = /;\s*charset\s*=\s*"?([^\s";]+)/i.exec(contentType)?.[1]
  // A page whose <meta> can be read as ASCII is not in UTF-16, whatever it says (HTML §13.2.3.2).
  const declared = meta?.replace(/^utf-16.*/i, 'utf-8')
  try {
    return new TextDecoder(mark ?? header ?? declared ?? 'utf-8')
  } catch {
    return new TextDecoder()
  }
}

function concat(a: Uint8Array, b: Uint8Array): Uint8Array {
  const both = new Uint8Array(a.byteLength + b.byteLength)
  both.set(a)
  both.set(b, a.byteLength)
  return both
}
