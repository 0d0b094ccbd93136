import { ProblemError, type ProblemKind } from './problem.ts'

/**
 * The JSON in a request's body.
 *
 * @param limitBytes the most that is read; a body that announces or sends more is refused
 * @throws ProblemError unsupported-media-type, body-too-large, malformed-json
 */
export async function readJson(request: Request, limitBytes: number): Promise<unknown> {
  checkType(request.headers.get('content-type') ?? '')
  const bytes = await readBytes(request, limitBytes)
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes))
  } catch {
    throw bodyProblem('malformed-json', 'The body cannot be parsed as JSON in UTF-8.')
  }
}

/** JSON between systems is UTF-8 (RFC 8259 §8.1): a `charset` may say so, and nothing else. */
function checkType(type: string): void {
  const mediaType = type.split(';')[0]!.trim().toLowerCase()
  const charset = /;\s*charset\s*=\s*"?([^";\s]*)/i.exec(type)?.[1]
  const isJson = mediaType === 'application/json'
  if (isJson && (charset === undefined || /^utf-?8$/i.test(charset))) return
  const wanted = isJson ? 'application/json in UTF-8' : 'application/json'
  const got = (isJson ? `charset=${charset}` : mediaType).slice(0, 80)
  const detail = `Send ${wanted}${got && `, not ${got}`}.`
  throw new ProblemError('unsupported-media-type', detail, {
    errors: [{ field: 'Content-Type', detail }],
    // RFC 9110 §15.5.16: Accept tells which type would have been taken.
    headers: { Accept: 'application/json' },
  })
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
  return bodyProblem('body-too-large', `The body may have ${limitBytes} bytes at the most.`)
}

function bodyProblem(kind: ProblemKind, detail: string): ProblemError {
  return new ProblemError(kind, detail, { errors: [{ field: 'body', detail }] })
}
