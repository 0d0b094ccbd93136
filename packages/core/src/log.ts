export type LogLevel = 'debug' | 'info' | 'warn' | 'error'

/** Further facts of a log line. Errors among them are written with message and stack. */
export type LogFields = Readonly<Record<string, unknown>>

/** Four methods, so that any logger people already have can stand in. */
export type Logger = { readonly [level in LogLevel]: (message: string, fields?: LogFields) => void }

/** One log event, before it is written. */
export interface LogEvent {
  readonly time: string
  readonly level: LogLevel
  readonly message: string
  readonly [field: string]: unknown
}

const levels: readonly LogLevel[] = ['debug', 'info', 'warn', 'error']

/**
 * Makes a logger that hands each event to `write`, as plain data: an error becomes its name,
 * message, code, stack and cause, and a MooringError also its why and fix.
 *
 * @param fields are on every event
 * @param lowest events below this level are not made. @default 'debug'
 */
export function createLogger(
  write: (event: LogEvent) => void,
  fields: LogFields = {},
  lowest: LogLevel = 'debug',
): Logger {
  const log = (level: LogLevel) => (message: string, more?: LogFields) => {
    if (levels.indexOf(level) < levels.indexOf(lowest)) return
    const event = { time: new Date().toISOString(), level, message }
    for (const [name, value] of Object.entries({ ...fields, ...more })) {
      Object.assign(event, { [name]: toPlain(value) })
    }
    write(event)
  }
  return { debug: log('debug'), info: log('info'), warn: log('warn'), error: log('error') }
}

/** The value as JSON knows it; what JSON cannot hold becomes its text. Never throws. */
function toPlain(value: unknown): unknown {
  try {
    // An error that has a toJSON of its own is described all the same.
    const json = JSON.stringify(describe(value), (_key, inner: unknown) => describe(inner))
    return json === undefined ? undefined : JSON.parse(json)
  } catch {
    return textOf(value)
  }
}

/** A getter of what was thrown can throw too, and so can all of a proxy. */
export function textOf(value: unknown): string {
  try {
    return String(value)
  } catch {
    return 'no text'
  }
}

function describe(value: unknown): unknown {
  if (!(value instanceof Error)) return value
  const { name, message, code, why, fix, stack, cause } = value as Error & LogFields
  // What is undefined is not there in JSON.
  return { name, message, code, why, fix, stack, cause }
}
