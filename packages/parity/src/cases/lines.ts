import { BytesError, bytesOf } from './bytes.ts'

/** A line of a file of cases, and its number there. */
export interface Line {
  readonly text: string
  readonly number: number
}

/** A mistake in a line of a file of cases. */
export class LineError extends Error {
  readonly line: number
  readonly column: number

  constructor(line: number, message: string, column: number = 1) {
    super(message)
    this.line = line
    this.column = column
  }
}

/**
 * Says of what `read` throws which line it is about.
 *
 * @param column where what it reads begins. @default 1
 */
export function inLine<Result>({ number }: Line, read: () => Result, column: number = 1): Result {
  try {
    return read()
  } catch (error) {
    if (error instanceof LineError) throw error
    const why = error instanceof Error ? error.message : String(error)
    throw new LineError(number, why, column + (error instanceof BytesError ? error.offset : 0))
  }
}

export function isFilled({ text }: Line): boolean {
  return text.trim() !== ''
}

/** Lines as bytes, with line feeds between them. */
export function bytesOfLines(lines: readonly Line[]): Buffer {
  try {
    return bytesOf(lines.map(({ text }) => text).join('\n'))
  } catch (error) {
    if (!(error instanceof BytesError)) throw error
    let offset = error.offset
    for (const { text, number } of lines) {
      if (offset <= text.length) throw new LineError(number, error.message, offset + 1)
      offset -= text.length + 1
    }
    throw error
  }
}

/** What is above the first empty line, and the body below it, without the empty lines at its end. */
export function splitMessage(lines: readonly Line[]): {
  readonly head: readonly Line[]
  readonly body: readonly Line[]
} {
  const empty = lines.findIndex(({ text }) => text === '')
  if (empty < 0) return { head: lines, body: [] }
  const end = lines.findLastIndex(({ text }) => text !== '')
  return { head: lines.slice(0, empty), body: lines.slice(empty + 1, Math.max(end, empty) + 1) }
}
