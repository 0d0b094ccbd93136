import type { ErrorCode } from '../errors.ts'
import type { Kv, ListOptions } from '../resources/kv-handle.ts'

/** One behaviour that every driver of a store must show: plain code, for any runtime. */
export interface KvCase<Store extends Kv = Kv> {
  readonly name: string
  /** Rejects with what differs. Uses keys of its own only, so the store may hold others. */
  readonly run: (kv: Store) => Promise<void>
}

/** Fails with `what` unless both are the same as JSON; long values are cut in the message. */
export function same(actual: unknown, expected: unknown, what: string): void {
  const [is, wanted] = [toText(actual), toText(expected)]
  if (is !== wanted) throw new Error(`${what}: expected ${cut(wanted)}, got ${cut(is)}`)
}

/** Fails unless `work` is refused with `code`; a throw before there is a promise counts as well. */
export async function refused(
  code: ErrorCode,
  work: () => Promise<unknown>,
  what: string,
): Promise<void> {
  let outcome: string
  try {
    outcome = `the result ${cut(toText(await work()))}`
  } catch (error) {
    const thrown = error as { code?: unknown; message?: unknown }
    if (thrown.code === code && typeof thrown.message === 'string') return
    outcome = String(error)
  }
  throw new Error(`${what}: expected ${code}, got ${outcome}`)
}

/** Pages until there is no cursor, as a caller is to do: a page may be short, even empty. */
export async function pagesOf(kv: Kv, options: ListOptions): Promise<string[][]> {
  const pages: string[][] = []
  let cursor: string | undefined
  do {
    const page = await kv.list({ ...options, ...(cursor !== undefined && { cursor }) })
    pages.push([...page.keys])
    cursor = page.cursor
    if (pages.length > 10_000) throw new Error('the cursors never end')
  } while (cursor !== undefined)
  return pages
}

/** A prefix of its own for each case, so that cases can share a store with others. */
export function freshPrefix(): string {
  return `case-${crypto.randomUUID()}/`
}

export function sleep(ms: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, ms)
  })
}

function toText(value: unknown): string {
  return JSON.stringify(value) ?? String(value)
}

function cut(text: string): string {
  return text.length > 300 ? `${text.slice(0, 300)}… (${text.length} characters)` : text
}

/** Long enough that a store's own granularity of a millisecond does not show. */
export const shortMs: number = 50
export const afterShortMs: number = 3 * shortMs

/** Long enough for another operation to come in time on a busy machine. */
export const briefMs: number = 1000
export const afterBriefMs: number = briefMs + 100
