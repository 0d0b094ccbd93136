import { styleText } from 'node:util'
import type { LogEvent, LogLevel } from '@mooring/core'
import type { Metrics } from './metrics.ts'
import { badSetting } from './settings.ts'
import { toTerminalText } from './terminal-text.ts'

/** What may wait for a slow reader of stdout. What comes then is dropped: memory is for requests. */
const mostBufferedBytes = 4 * 1024 ** 2

const levels: readonly LogLevel[] = ['debug', 'info', 'warn', 'error']

/**
 * Logs go to stdout as an event stream (twelve-factor XI): one JSON line an event, or on a terminal
 * one line for people, and an error below it. `LOG_LEVEL` sets the lowest level that is written. @default info
 *
 * @param worker which of several processes this is
 * @returns what writes an event, with the app's name
 * @throws MOORING_E_SETTING
 */
export function createLogWriter(
  app: string,
  env: NodeJS.ProcessEnv,
  metrics: Metrics,
  worker?: number,
): (event: LogEvent) => void {
  const lowest = levels.indexOf((env['LOG_LEVEL'] ?? 'info') as LogLevel)
  if (lowest < 0) throw badSetting('LOG_LEVEL', env['LOG_LEVEL'], `one of ${levels.join(', ')}`)
  const format = process.stdout.isTTY ? toTerminalLine : JSON.stringify
  const total = metrics.counter(
    'mooring_dropped_log_lines_total',
    'Log lines that the reader of stdout did not take.',
  )
  // A reader of stdout that went away must not end the process: its lines are lost, serving goes on.
  process.stdout.on('error', () => total.add())
  const source = { app, ...(worker !== undefined && { worker }) }
  let dropped = 0
  return ({ time, level, message, ...fields }) => {
    if (levels.indexOf(level) < lowest) return
    if (process.stdout.writableLength > mostBufferedBytes) {
      dropped += 1
      total.add()
      return
    }
    if (dropped > 0) {
      const event = {
        time,
        level: 'warn',
        message: 'log lines were dropped',
        ...source,
        dropped,
      } as const
      process.stdout.write(`${format(event)}\n`)
      dropped = 0
    }
    process.stdout.write(`${format({ time, level, message, ...source, ...fields })}\n`)
  }
}

const colours = { debug: 'gray', info: 'cyan', warn: 'yellow', error: 'red' } as const

function toTerminalLine({ time, level, message, app, ...fields }: LogEvent): string {
  const { message: said, facts, below } = toTerminalText(message, fields)
  const where = styleText('gray', [time.slice(11, 19), String(app)].join(' '))
  const line = [where, styleText(colours[level], said), ...facts].join(' ')
  return below === '' ? line : `${line}\n${below}`
}
