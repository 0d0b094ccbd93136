/**
 * The registry of every error code, with the fact each one states. A code is never reused.
 * Only tests, docs and tools import the registry; an app's bundle carries the codes it can throw.
 */
export const errorCodes = {
  MOORING_E_CONFIG: 'The environment does not give the app what it declares.',
  MOORING_E_APP: 'What was handed to the adapter is not an app.',
  MOORING_E_NO_ADAPTER: 'A portable function was called outside a request that an adapter made.',
  MOORING_E_UNSUPPORTED: 'The app declares something that this target cannot give.',
  MOORING_E_SERVICE_TIMEOUT: 'A backing service did not answer in time.',
  MOORING_E_SERVICE_UNREACHABLE: 'A backing service could not be reached.',
  MOORING_E_KV_KEY: 'A key is not one that every store can hold.',
  MOORING_E_KV_VALUE: 'A value is not one that every store can hold.',
  MOORING_E_KV_OPTION: 'A TTL, limit or amount is outside what every store can do.',
  MOORING_E_KV_CURSOR: 'A cursor was not made by this store.',
  MOORING_E_KV_NOT_A_NUMBER: 'A value to be incremented is not a whole number.',
  MOORING_E_KV_OVERFLOW: 'A counter would leave the safe integers.',
  MOORING_E_KV_UNREACHABLE: 'The store could not be reached, or refused the operation.',
  MOORING_E_TOPIC_MESSAGE: 'A message is not one that every topic can carry.',
  MOORING_E_TOPIC_UNREACHABLE: 'The topic could not be reached, or refused the operation.',
  MOORING_E_QUEUE_MESSAGE: 'A message is not one that the queue takes.',
  MOORING_E_QUEUE_OPTION: 'A delay is outside what every queue can do.',
  MOORING_E_QUEUE_UNREACHABLE: 'The queue could not be reached, or refused the operation.',
  MOORING_E_WEBSOCKET: 'A WebSocket was asked for something that no WebSocket can do.',
  MOORING_E_LIMIT: 'A limit of requests is not one that can be kept.',
  MOORING_E_SCHEDULE: 'A schedule is not one that every target runs, or is not declared.',
  MOORING_E_PORT: 'PORT is not a port.',
  MOORING_E_HOST: 'HOST is not an address of this machine.',
  MOORING_E_ADDRESS_IN_USE: 'Another process holds the address.',
  MOORING_E_ADDRESS_DENIED: 'This user may not bind the address.',
  MOORING_E_SOCKET_PATH: 'SOCKET_PATH cannot be bound.',
  MOORING_E_LISTEN_FDS: 'The inherited descriptors are not what was announced.',
  MOORING_E_BOOT: 'A boot hook failed, or was not done in time.',
  MOORING_E_TLS: 'TLS_CERT and TLS_KEY cannot be served.',
  MOORING_E_STATIC: 'The static folder cannot be served.',
  MOORING_E_SETTING: 'A setting of Mooring itself has a value it cannot have.',
  MOORING_E_BUILD: 'The app cannot be bundled.',
  MOORING_E_TARGET: 'A target that is to be compared does not start.',
  MOORING_E_CLI: 'The command line is not one that mooring understands.',
} as const

export type ErrorCode = keyof typeof errorCodes

/** What a {@link MooringError} says besides its code. */
export interface ErrorDetails {
  /** What failed, in one sentence, naming the thing and its value. */
  readonly message: string
  /** Why that is an error: what was expected. */
  readonly why?: string
  /** What to do about it. */
  readonly fix?: string
  readonly cause?: unknown
}

/**
 * A mistake that its reader can mend: it carries a stable code, what was expected and the fix.
 * Everything else that is thrown is a bug, and keeps its stack.
 */
export class MooringError extends Error {
  override readonly name = 'MooringError'
  readonly code: ErrorCode
  readonly why: string | undefined
  readonly fix: string | undefined

  constructor(code: ErrorCode, details: ErrorDetails) {
    super(details.message, details.cause === undefined ? undefined : { cause: details.cause })
    this.code = code
    this.why = details.why
    this.fix = details.fix
  }
}

/** The error for a reader: code and message, then why, then the fix, each on lines of its own. No stack. */
export function formatError(error: MooringError): string {
  return [`${error.code}: ${error.message}`, error.why, error.fix && `Fix: ${error.fix}`]
    .filter(Boolean)
    .join('\n  ')
}

/** A thrown value as text for a log: a {@link MooringError} without its stack, any other error with it. */
export function describeThrown(thrown: unknown): string {
  if (thrown instanceof MooringError) return formatError(thrown)
  if (thrown instanceof Error) return thrown.stack ?? `${thrown.name}: ${thrown.message}`
  return `thrown: ${String(thrown)}`
}
