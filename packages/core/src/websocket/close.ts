import { MooringError } from '../errors.ts'

/**
 * Whether a close frame may carry it: what IANA has registered and RFC 6455 §7.4 does not reserve,
 * or one for libraries and applications.
 */
export function isCloseCode(code: number): boolean {
  if (code >= 3000 && code <= 4999) return Number.isInteger(code)
  return [1000, 1001, 1002, 1003, 1007, 1008, 1009, 1010, 1011, 1012, 1013, 1014].includes(code)
}

/** A close frame has 125 bytes (RFC 6455 §5.5), and the code takes two. */
const mostReasonBytes = 123

/** Whether a reason fits into a close frame. Most are none. */
export function isShort(reason: string): boolean {
  return reason.length <= mostReasonBytes / 3 || bytesIn(reason) <= mostReasonBytes
}

function bytesIn(text: string): number {
  return new TextEncoder().encode(text).length
}

/** @throws MOORING_E_WEBSOCKET */
export function checkClose(code: number | undefined, reason: string | undefined): void {
  if (code !== undefined && !isCloseCode(code)) {
    throw new MooringError('MOORING_E_WEBSOCKET', {
      message: `close(${code}): ${code} is no code that a close frame may carry.`,
      why: 'Expected 1000–1003, 1007–1014 (RFC 6455 §7.4) or, for an app’s own, 3000–4999.',
      fix: 'close with 1000, or with a code of your own such as 4000; without one the peer sees 1005.',
    })
  }
  if (reason === undefined || reason === '') return
  if (code === undefined) {
    throw new MooringError('MOORING_E_WEBSOCKET', {
      message: 'close(undefined, reason): a reason needs a code.',
      fix: 'close(1000, reason).',
    })
  }
  if (isShort(reason)) return
  throw new MooringError('MOORING_E_WEBSOCKET', {
    message: `close(${code}, …): the reason has ${bytesIn(reason)} bytes.`,
    why: `A close frame has room for ${mostReasonBytes} bytes of UTF-8 (RFC 6455 §5.5).`,
    fix: 'shorten it, or send the rest as a message before.',
  })
}
