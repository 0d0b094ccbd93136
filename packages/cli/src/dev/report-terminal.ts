import { styleText } from 'node:util'
import { toTerminalText } from '@mooring/port-bound/terminal-text'
import { banner } from './banner.ts'
import type { DevEvent, Report } from './events.ts'

type EventOf<Name extends DevEvent['event']> = Extract<DevEvent, { readonly event: Name }>

const levelColours: Readonly<Record<string, Parameters<typeof styleText>[0]>> = {
  debug: 'gray',
  warn: 'yellow',
  error: 'red',
}

/** Lines for people. */
export function createTerminalReport(write: (text: string) => void): Report {
  /** What each side's latest save is told to have done, so that one mistake is told once. */
  const shown = new Map<string, string>()

  function line(mark: string, side: string, rest: string): void {
    write(`${mark} ${styleText('bold', side)} ${rest}\n`)
  }

  function error({ side, title, text, output, serving }: EventOf<'error'>): void {
    const known = [...shown].some(([other, said]) => other !== side && said === text)
    shown.set(side, text)
    const rest = serving ? styleText('gray', '(the last good version goes on answering)') : ''
    line(
      styleText('red', '✘'),
      side,
      `${styleText('red', title)} ${known ? styleText('gray', '(as above)') : rest}`,
    )
    if (!known) write(`\n${indent(text)}\n\n`)
    if (output) write(`${styleText('gray', indent(output))}\n\n`)
  }

  function log({
    event: _,
    app: _app,
    side,
    level,
    message,
    time: _time,
    ...fields
  }: EventOf<'log'>): void {
    const { message: said, facts, below } = toTerminalText(message, fields)
    const colour = levelColours[level]
    const text = colour ? styleText(colour, said) : said
    const grey = facts.map((fact) => styleText('gray', fact))
    write(`${[styleText('gray', `${side} │`), text, ...grey].join(' ')}\n`)
    if (below !== '') write(`${below}\n`)
  }

  return (event) => {
    switch (event.event) {
      case 'ready':
        return write(banner(event))
      case 'error':
        return error(event)
      case 'log':
        return log(event)
      case 'reloaded':
      case 'restarted': {
        shown.delete(event.side)
        const what = 'files' in event && event.files.length > 0 ? ` ${event.files.join(', ')}` : ''
        const took = styleText('gray', `in ${event.afterMs} ms${what}`)
        return line(styleText('green', '✔'), event.side, `${event.event} ${took}`)
      }
      case 'recovered':
        shown.delete(event.side)
        return line(styleText('green', '✔'), event.side, 'runs again')
      case 'crashed': {
        const when = event.restartInMs > 0 ? ` in ${event.restartInMs} ms` : ''
        line(styleText('red', '✘'), event.side, `${event.reason}; starting it again${when}`)
        if (event.output) write(`\n${indent(event.output)}\n\n`)
        return
      }
      case 'port-moved':
      case 'notice':
        return write(`${event.message}\n`)
      case 'stopping':
        return write(`${styleText('gray', `stopping (${event.reason})`)}\n`)
      case 'stopped':
        return
    }
  }
}

function indent(text: string): string {
  return text.replace(/^(?=.)/gm, '  ')
}
