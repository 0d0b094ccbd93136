/** What a text is that says no type of its own (Fetch §6.5, "extract a body"). */
export const textType = 'text/plain;charset=UTF-8'

/** Statuses without a body (Fetch §2.2.3). */
const nullBody: ReadonlySet<number> = new Set([204, 205, 304])

/** @throws RangeError at a status that no response can be made with (Fetch §5.5) */
export function checkStatus(status: number): void {
  if (status >= 200 && status <= 599) return
  throw new RangeError(`The status ${String(status)} is outside of 200 to 599`)
}

/** @throws TypeError at words that no status line can have (Fetch §5.5, RFC 9112 §4) */
export function checkReason(statusText: string): void {
  if (!/[^\t -~\x80-\xff]/.test(statusText)) return
  throw new TypeError(`The status text ${JSON.stringify(statusText)} is no reason phrase`)
}

/**
 * The body that a status may have: an empty text is none, as on Workers.
 *
 * @throws TypeError where the status has no body
 */
export function bodyFor<Body>(body: Body | null, status: number): Body | null {
  if (body === null || !nullBody.has(status)) return body
  if (body === '') return null
  throw new TypeError(`A response with the status ${status} cannot have a body`)
}

/** The text of `Response.json`. @throws TypeError where there is none */
export function jsonText(data: unknown): string {
  const text = JSON.stringify(data) as string | undefined
  if (text === undefined) throw new TypeError('The data is not JSON serializable')
  return text
}
