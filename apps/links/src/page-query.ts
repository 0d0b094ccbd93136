import { type FieldError, ProblemError } from './problem.ts'

/** Which page of the list is asked for. */
export interface PageQuery {
  /** The store's own cursor. */
  readonly cursor: string | undefined
  readonly limit: number
}

const usualLimit = 20
const largestLimit = 100

/** @throws ProblemError invalid-query */
export function readPageQuery(query: Readonly<Record<string, string>>): PageQuery {
  const errors: FieldError[] = []
  const limit = Number(query['limit'] ?? usualLimit)
  if (!/^\d+$/.test(query['limit'] ?? '1') || limit < 1 || limit > largestLimit) {
    errors.push({ field: 'limit', detail: `Must be a whole number, 1–${largestLimit}.` })
  }
  const cursor = query['cursor'] === undefined ? undefined : fromCursor(query['cursor'])
  if (cursor === null) errors.push(badCursor)
  if (errors.length === 0) return { cursor: cursor ?? undefined, limit }
  throw new ProblemError('invalid-query', 'Not valid: see errors.', { errors })
}

export const badCursor: FieldError = {
  field: 'cursor',
  detail: 'Is not one that this list gave: start without it.',
}

/**
 * The store's cursor for a client: marked, so that a made-up one is refused alike on every store,
 * and of characters that need no escaping in a URL.
 */
export function toCursor(cursor: string): string {
  const binary = String.fromCharCode(...new TextEncoder().encode(`${mark}${cursor}`))
  return btoa(binary).replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '')
}

const mark = 'links:'

/** @returns `null` where {@link toCursor} did not make it */
function fromCursor(text: string): string | null {
  try {
    const binary = atob(text.replaceAll('-', '+').replaceAll('_', '/'))
    const bytes = Uint8Array.from(binary, (character) => character.charCodeAt(0))
    const cursor = new TextDecoder('utf-8', { fatal: true }).decode(bytes)
    return cursor.startsWith(mark) && cursor.length > mark.length ? cursor.slice(mark.length) : null
  } catch {
    return null
  }
}
