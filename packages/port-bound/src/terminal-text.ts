/** What a log event is for people: its message, short facts beside it, and whole blocks below. */
export interface TerminalText {
  readonly message: string
  /** `name=value` each. */
  readonly facts: readonly string[]
  /** Errors: a stack has lines of its own. Indented, and empty where there is none. */
  readonly below: string
}

/** An error as the log has it: plain data. */
interface PlainError {
  readonly name?: unknown
  readonly message: string
  readonly code?: unknown
  readonly stack?: unknown
  readonly cause?: unknown
}

/** The parts of an event that a terminal shows, in the order of its fields. */
export function toTerminalText(
  message: string,
  fields: Readonly<Record<string, unknown>>,
): TerminalText {
  if (message === 'listening' && typeof fields['url'] === 'string') return listeningText(fields)
  const facts: string[] = []
  const below: string[] = []
  for (const [name, value] of Object.entries(fields)) {
    if (value === undefined) continue
    if (isPlainError(value)) below.push(errorText(value))
    else facts.push(`${name}=${typeof value === 'string' ? value : JSON.stringify(value)}`)
  }
  return { message, facts, below: below.map((text) => indent(text, '  ')).join('\n') }
}

/** An address to open, and what it hangs on. The JSON line has all of it. */
function listeningText(fields: Readonly<Record<string, unknown>>): TerminalText {
  const {
    url,
    resources = [],
    shutdown,
    static: folder,
    admin,
    workers,
  } = fields as {
    url: string
    resources?: readonly { name: string; target: string; embedded: boolean }[]
    shutdown?: { graceMs: number; source: string }
    static?: string
    admin?: string
    workers?: number
  }
  const facts = resources.map(({ name, target, embedded }) => {
    return `${name}=${target}${embedded ? ' (embedded default)' : ''}`
  })
  if (folder !== undefined) facts.push(`static=${folder}`)
  if (admin !== undefined) facts.push(`admin=${admin}`)
  if (workers !== undefined) facts.push(`workers=${workers}`)
  if (shutdown) facts.push(`shutdown=${shutdown.graceMs / 1000}s (${shutdown.source})`)
  return { message: `listening on ${url}`, facts, below: '' }
}

function isPlainError(value: unknown): value is PlainError {
  if (typeof value !== 'object' || value === null) return false
  const { name, message, stack } = value as Record<string, unknown>
  return typeof message === 'string' && (typeof stack === 'string' || typeof name === 'string')
}

/** Its message, then where it came from, then what caused it. */
function errorText({ name, message, code, stack, cause }: PlainError): string {
  const title = `${String(name ?? 'Error')}${code === undefined ? '' : ` ${String(code)}`}: ${message}`
  const frames = typeof stack === 'string' ? framesOf(stack) : []
  const because = cause === undefined ? [] : [`caused by ${causeText(cause)}`]
  return [title, ...frames, ...because].join('\n')
}

function causeText(cause: unknown): string {
  if (isPlainError(cause)) return errorText(cause)
  return typeof cause === 'string' ? cause : JSON.stringify(cause)
}

/** The lines of a stack below its message, which may have lines of its own. */
function framesOf(stack: string): string[] {
  const lines = stack.split('\n')
  const first = lines.findIndex((line) => /^\s+at /.test(line))
  return first < 0 ? [] : lines.slice(first).map((line) => `    ${line.trim()}`)
}

function indent(text: string, by: string): string {
  return text.replace(/^(?=.)/gm, by)
}
