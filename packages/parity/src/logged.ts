import type { Fleet } from './fleet.ts'
import type { LogLine } from './targets/log-line.ts'

/** An error that a target has logged while a case ran: most often the reason of what differs. */
export interface Logged {
  readonly target: string
  readonly text: string
}

/** A line of a log comes a moment after the response. */
const lateMs = 50
/** Of one error, and of one target. */
const most = { lines: 12, errors: 3 }

/**
 * Begins to listen.
 *
 * @returns gives the errors that these targets have logged since
 */
export function listenToLogs({
  members,
}: Fleet): (targets: ReadonlySet<string>) => Promise<readonly Logged[]> {
  const before = members.map(
    (member) => [member, member.running(), member.running().logs().length] as const,
  )
  return async (targets) => {
    await new Promise((resolve) => setTimeout(resolve, lateMs))
    return before.flatMap(([member, running, count]) => {
      const target = member.target.name
      if (!targets.has(target)) return []
      // One that was started again has a log of its own.
      const from = member.running() === running ? count : 0
      const errors = member.running().logs().slice(from).flatMap(errorIn)
      return [...new Set(errors)].slice(0, most.errors).map((text) => ({ target, text }))
    })
  }
}

/** The error that a line is about, as a person reads it: an event in JSON, or a text with a stack. */
function errorIn({ text: line }: LogLine): readonly string[] {
  const { level, message = '', error } = parse(line)
  if (level === undefined) return /\berror\b|_E_/i.test(line) ? [shortened(line)] : []
  if (level !== 'error') return []
  return [shortened(error?.stack === undefined ? message : `${message}: ${error.stack}`)]
}

interface Line {
  readonly level?: string
  readonly message?: string
  readonly error?: { readonly stack?: string }
}

function parse(line: string): Line {
  try {
    return (JSON.parse(line) as Line | null) ?? {}
  } catch {
    return {}
  }
}

/** Without the frames of a stack but for the first two: they are of the app, if any is. */
function shortened(text: string): string {
  const lines = text.split('\n')
  const frames = lines.filter((line) => /^ +at /.test(line))
  const shown = lines.filter((line) => !frames.includes(line) || frames.indexOf(line) < 2)
  return shown.slice(0, most.lines).join('\n')
}
