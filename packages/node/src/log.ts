import { styleText } from 'node:util'
import {
  createLogger,
  type LogEvent,
  type Logger,
  type LogLevel,
  MooringError,
  toJsonLine,
} from '@mooring/core'

const levels: readonly LogLevel[] = ['debug', 'info', 'warn', 'error']

/**
 * Logs go to stdout as an event stream (twelve-factor XI): one JSON line an event, or on a terminal
 * one line for people. `LOG_LEVEL` sets the lowest level that is written.
 *
 * @throws MOORING_E_SETTING
 */
export function createProcessLog(app: string, env: NodeJS.ProcessEnv): Logger {
  const lowest = (env['LOG_LEVEL'] ?? 'info') as LogLevel
  if (!levels.includes(lowest)) {
    throw new MooringError('MOORING_E_SETTING', {
      message: `LOG_LEVEL is ${JSON.stringify(lowest)}.`,
      why: `Expected one of ${levels.join(', ')}.`,
    })
  }
  const format = process.stdout.isTTY ? toTerminalLine : toJsonLine
  // A reader of stdout that went away must not end the process: its lines are lost, serving goes on.
  process.stdout.on('error', () => {})
  return createLogger((event) => void process.stdout.write(`${format(event)}\n`), { app }, lowest)
}

const colours = { debug: 'gray', info: 'cyan', warn: 'yellow', error: 'red' } as const

function toTerminalLine({ time, level, message, app, ...fields }: LogEvent): string {
  const rest = Object.entries(fields).map(([name, value]) => `${name}=${forTerminal(value)}`)
  const facts = styleText('gray', [time.slice(11, 19), String(app)].join(' '))
  return [facts, styleText(colours[level], message), ...rest].join(' ')
}

function forTerminal(value: unknown): string {
  if (value instanceof Error) return value.stack ?? value.message
  return typeof value === 'string' ? value : JSON.stringify(value)
}
