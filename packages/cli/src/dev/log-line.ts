/** An event of Mooring's JSON log. */
export interface LogEvent {
  readonly level: string
  readonly message: string
  readonly [field: string]: unknown
}

/** The event in a line of an app's output; `undefined` where the line is something else. */
export function parseLogLine(line: string): LogEvent | undefined {
  if (!line.startsWith('{')) return undefined
  try {
    const { level, message, ...fields } = JSON.parse(line) as Record<string, unknown>
    if (typeof level !== 'string' || typeof message !== 'string') return undefined
    return { level, message, ...fields }
  } catch {
    return undefined
  }
}
