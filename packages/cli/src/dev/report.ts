import type { Report } from './events.ts'
import { createTerminalReport } from './report-terminal.ts'

/**
 * Lines for people on a terminal; anywhere else one JSON line per event, for programs.
 *
 * @param onGone called when whoever read it went away
 */
export function createReport(output: NodeJS.WriteStream, onGone: () => void): Report {
  output.on('error', onGone)
  const write = (text: string) => void output.write(text)
  if (output.isTTY) return createTerminalReport(write)
  return (event) => write(`${JSON.stringify({ time: new Date().toISOString(), ...event })}\n`)
}
