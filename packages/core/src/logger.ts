import type { Context } from 'hono'
import { adapterOf } from './adapter/adapter.ts'
import { requestId } from './request-id.ts'

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
 * Makes a logger that hands each event to `write`.
 *
 * @param write takes the event; an adapter writes it as one JSON line
 * @param fields are on every event, such as the app's name
 * @param lowest events below this level are not made. @default 'info'
 */
export function createLogger(
  write: (event: LogEvent) => void,
  fields: LogFields = {},
  lowest: LogLevel = 'info',
): Logger {
  const log = (level: LogLevel) => (message: string, more?: LogFields) => {
    if (levels.indexOf(level) < levels.indexOf(lowest)) return
    write({ time: new Date().toISOString(), level, message, ...fields, ...more })
  }
  return { debug: log('debug'), info: log('info'), warn: log('warn'), error: log('error') }
}

/** One event as one line of JSON; an error becomes its name, message, code and stack. Never throws. */
export function toJsonLine(event: LogEvent): string {
  try {
    return JSON.stringify(event, replaceValue)
  } catch (unserialisable) {
    const { time, level, message } = event
    return JSON.stringify({ time, level, message, unserialisable: String(unserialisable) })
  }
}

function replaceValue(_key: string, value: unknown): unknown {
  if (typeof value === 'bigint') return value.toString()
  if (!(value instanceof Error)) return value
  return { name: value.name, message: value.message, stack: value.stack, cause: value.cause }
}

/**
 * The logger of the request that `c` belongs to: each line carries the request's id.
 *
 * @throws MOORING_E_NO_ADAPTER outside a request that an adapter made
 * @example
 * app.get('/', (c) => {
 *   logger(c).info('home page asked for')
 *   return c.text('hello')
 * })
 */
export function logger(c: Context): Logger {
  const { log } = adapterOf(c, 'logger')
  const fields = { requestId: requestId(c) }
  const bind = (level: LogLevel) => (message: string, more?: LogFields) =>
    log[level](message, { ...fields, ...more })
  return { debug: bind('debug'), info: bind('info'), warn: bind('warn'), error: bind('error') }
}
