import type { Report } from './events.ts'
import { createTerminalReport } from './report-terminal.ts'

/** Lines for people on a terminal; anywhere else one JSON line per event, for programs. */
export function createReport(output: NodeJS.WriteStream): Report {
  // A reader that went away must not end the command in the middle of its work.
  output.on('error', () => {})
  const write = (text: string) => void output.write(text)
  if (output.isTTY) return createTerminalReport(write)
  return (event) => write(`${JSON.stringify({ time: new Date().toISOString(), ...event })}\n`)
}
