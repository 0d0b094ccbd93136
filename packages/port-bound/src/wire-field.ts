/** Fields of the connection, which is the server's (RFC 9110 §7.6.1). */
export const hopByHop: ReadonlySet<string> = new Set([
  'connection',
  'keep-alive',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
])

/** Whether a field of a response is the server's to set, and an app's is left out. */
export function isServersField(name: string, status: number): boolean {
  // A 426 must say to what (RFC 9110 §15.5.22).
  return hopByHop.has(name) && status !== 426
}

const beyondAscii = /[^\0-\x7f]/

/**
 * A value as it may go out: what is beyond ASCII in UTF-8, as on Workers. The runtimes write a
 * header's characters as one byte each.
 */
export function wireValue(value: string): string {
  return beyondAscii.test(value) ? Buffer.from(value).toString('latin1') : value
}
