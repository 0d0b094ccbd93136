import { ProblemError } from './problem.ts'

/**
 * The JSON in a request's body.
 *
 * @param limitBytes the most that is read; a body that announces or sends more is refused
 * @throws ProblemError unsupported-media-type, body-too-large, malformed-json
 */
export async function readJson(request: Request, limitBytes: number): Promise<unknown> {
  const mediaType = request.headers.get('content-type')?.split(';')[0]?.trim().toLowerCase()
  if (mediaType !== 'application/json') {
    // RFC 9110 §15.5.16: Accept tells which type would have been taken.
    const headers = { Accept: 'application/json' }
    const got = mediaType ? `, not ${mediaType.slice(0, 80)}` : ''
    throw new ProblemError('unsupported-media-type', `Send application/json${got}.`, { headers })
  }
  const bytes = await readBytes(request, limitBytes)
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes))
  } catch {
    throw new ProblemError('malformed-json', 'The body cannot be parsed as JSON in UTF-8.')
  }
}

/** Counts what arrives: the announced length may be missing or wrong. */
async function readBytes(request: Request, limitBytes: number): Promise<Uint8Array> {
  if (Number(request.headers.get('content-length')) > limitBytes) throw tooLarge(limitBytes)
  if (!request.body) return new Uint8Array()
  const reader: ReadableStreamDefaultReader<Uint8Array> = request.body.getReader()
  const chunks: Uint8Array[] = []
  let size = 0
  for (;;) {
    const { done, value } = await reader.read()
    if (done) break
    size += value.byteLength
    if (size > limitBytes) {
      await reader.cancel().catch(() => {})
      throw tooLarge(limitBytes)
    }
    chunks.push(value)
  }
  const bytes = new Uint8Array(size)
  let offset = 0
  for (const chunk of chunks) {
    bytes.set(chunk, offset)
    offset += chunk.byteLength
  }
  return bytes
}

function tooLarge(limitBytes: number): ProblemError {
  return new ProblemError('body-too-large', `The body may have ${limitBytes} bytes at the most.`)
}
