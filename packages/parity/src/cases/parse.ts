import { bytesOf } from './bytes.ts'
import { splitAnswers } from './answers.ts'
import type { Case, ExpectedLine, Leaves, RequestStep, Step } from './case.ts'
import { parseWebSocket } from './conversation.ts'
import { countOf, type Directives, takeDirectives } from './directives.ts'
import { ofUpload, onlyStatus, parseExpected } from './expected.ts'
import { inLine, isFilled, type Line, LineError } from './lines.ts'
import { requestBytes } from './request-bytes.ts'
import { fillTable, type Written } from './table.ts'

/** A case that cannot be read: where, and what was expected. */
export class CaseError extends Error {
  /** What to do, where that is more than to correct a line. */
  readonly fix: string | undefined

  constructor(message: string, options?: ErrorOptions, fix?: string) {
    super(message, options)
    this.fix = fix
  }
}

/**
 * Reads a file of cases. Each begins with `### name`; its steps are parted by `---`. A step is a
 * request as it is on the wire, then the response, each with its head, an empty line and its body.
 *
 * @param file for messages
 */
export function parseCases(text: string, file: string): readonly Case[] {
  return splitCases(text, file).flatMap((written) =>
    placing(written, file, () => fillTable(written)).map((filled) =>
      placing(filled, file, () => parseCase(filled, file)),
    ),
  )
}

/** What it throws is told with its place. */
function placing<Result>({ name, line }: Written, file: string, read: () => Result): Result {
  try {
    return read()
  } catch (error) {
    if (!(error instanceof Error)) throw error
    const place = error instanceof LineError ? `${error.line}:${error.column}` : `${line}:1`
    throw new CaseError(`${file}:${place}: ${name}: ${error.message}`, { cause: error })
  }
}

function parseCase(written: Written, file: string): Case {
  const { name, line } = written
  const steps = splitSteps(written).map(parseStep)
  if (steps.length === 0) throw new Error('it has no step, such as GET /path')
  for (const [index, step] of steps.entries()) {
    if (step.kind !== 'request' || !step.isPipelined) continue
    if (steps[index - 1]?.kind !== 'request') {
      throw new LineError(step.line, '@pipelined is behind no request')
    }
  }
  return { name, file, line, steps }
}

function splitCases(text: string, file: string): readonly Written[] {
  const cases: { name: string; line: number; lines: Line[] }[] = []
  // Some editors begin a file with a byte order mark.
  for (const [index, line] of text
    .replace(/^\uFEFF/, '')
    .split(/\r?\n/)
    .entries()) {
    const current = cases.at(-1)
    const number = index + 1
    if (line.startsWith('### ')) {
      cases.push({ name: line.slice(4).trim(), line: number, lines: [] })
    } else if (current) current.lines.push({ text: line, number })
    else if (line.trim() !== '' && !line.startsWith('#')) {
      const why = `"${line}" is in no case: a case begins with "### its name"`
      throw new CaseError(`${file}:${number}:1: ${why}`)
    }
  }
  if (cases.length === 0) {
    throw new CaseError(`${file}: there is no case in it: a case begins with "### its name"`)
  }
  return cases
}

function splitSteps({ lines }: Written): readonly (readonly Line[])[] {
  const steps: Line[][] = [[]]
  for (const line of lines) {
    if (line.text === '---') steps.push([])
    // A line that says why, outside of what is sent and of what comes.
    else if (!/^#(?: |$)/.test(line.text)) steps.at(-1)!.push(line)
  }
  return steps.filter((step) => step.some(isFilled))
}

function parseStep(all: readonly Line[]): Step {
  const directives = takeDirectives(all)
  const { values, lines, rest } = directives
  const at = (name: string): Line => ({ ...lines.get(name)!, text: values.get(name)! })
  if (values.has('restart')) return parseRestart(at('restart'), rest)
  if (values.has('schedule')) return parseSchedule(at('schedule'), rest)
  if (values.has('websocket')) return parseWebSocket(at('websocket'), rest)
  const { request, expected, declared } = splitAnswers(rest, values.has('upload'))
  const leaves = leavesOf(directives)
  const isRest = values.has('rest')
  const first = request.find(isFilled) ?? lines.get(isRest ? 'rest' : 'raw')
  if (isRest && first !== lines.get('rest')) {
    throw new LineError(first!.number, `"${first!.text}" is below @rest`)
  }
  const upload = typeof leaves === 'object' && 'upload' in leaves ? leaves.upload : undefined
  const isEarly = upload !== undefined && expected && !ofUpload.test(expected[0].text)
  if (expected && (leaves === 'unread' || isEarly)) {
    const why = `"${expected[0].text}" is what @rest reads: this step reads nothing`
    throw new LineError(expected[0].number, why)
  }
  const bytes = isRest
    ? Buffer.alloc(0)
    : values.has('raw')
      ? rawBytes(at('raw'))
      : requestOf(request, all, values.has('no-host'), upload)
  const title = isRest ? 'the rest' : bytes.toString('latin1', 0, 200).split('\r\n', 1)[0]!
  const line = (first ?? all.find(isFilled)!).number
  return {
    kind: 'request',
    line,
    title,
    method: title.split(' ', 1)[0]!,
    bytes,
    newConnection: values.has('new'),
    isPipelined: values.has('pipelined'),
    events: countOf(directives, 'events'),
    abortAfterBytes: countOf(directives, 'abort'),
    waitMs: countOf(directives, 'wait'),
    eventually: values.has('eventually'),
    leaves,
    isRest,
    expected: leaves === 'unread' ? onlyStatus(leaves, line) : expected && parseExpected(expected),
    declared,
    logs: values.get('log')?.split('\n') ?? [],
    logged: values.has('logged') ? inLine(at('logged'), () => loggedOf(values)) : [],
    logLine: (lines.get('log') ?? lines.get('logged'))?.number,
  } satisfies RequestStep
}

/** `@raw`: these bytes and nothing else. */
function rawBytes(line: Line): Buffer {
  return inLine(line, () => bytesOf(line.text), '@raw '.length + 1)
}

/** @param all the lines of the step, to name one where no request is written */
function requestOf(
  request: readonly Line[],
  all: readonly Line[],
  withoutHost: boolean,
  upload: number | undefined,
): Buffer {
  const begin = request.findIndex(isFilled)
  const first = request[begin]
  if (first && /^\S+ \S/.test(first.text)) {
    return requestBytes(request.slice(begin), withoutHost, upload)
  }
  const { number } = first ?? all.find(isFilled)!
  throw new LineError(number, `"${first?.text ?? ''}" is no request line, such as GET /path`)
}

function loggedOf(values: ReadonlyMap<string, string>): readonly ExpectedLine[] {
  return values.get('logged')!.split('\n').map(parseLogged)
}

function parseLogged(value: string): ExpectedLine {
  const [, level, text] = /^(out|err|debug|info|warn|error) (.+)$/.exec(value) ?? []
  if (level !== undefined && text !== undefined) return { level, text }
  throw new Error(`@logged is "${value}", expected out, err or a level, and a part of the line`)
}

function leavesOf(directives: Directives): Leaves | undefined {
  const { values, lines } = directives
  const until = values.get('until')
  const given = ['unread', 'upload', 'until', 'rest'].filter((name) => values.has(name))
  if (given.length > 1) {
    const { number } = lines.get(given[1]!)!
    throw new LineError(number, `@${given[0]} and @${given[1]} are of two steps`)
  }
  if (until !== undefined) return { until }
  const upload = countOf(directives, 'upload')
  if (upload !== undefined) return { upload }
  return values.has('unread') ? 'unread' : undefined
}

function parseRestart({ number }: Line, rest: readonly Line[]): Step {
  const more = rest.find(isFilled)
  if (!more) return { kind: 'restart', line: number }
  const why = `"${more.text}" is below @restart, which is a step of its own: part them by ---`
  throw new LineError(more.number, why)
}

function parseSchedule({ text, number }: Line, rest: readonly Line[]): Step {
  const [, name, cron] = /^(\w+) (\S+(?: \S+){4})$/.exec(text) ?? []
  if (name === undefined || cron === undefined) {
    const why = `@schedule is "${text}", expected a name and its cron expression`
    throw new LineError(number, why)
  }
  const [said, ...more] = rest.filter(isFilled)
  const wrong = said && !/^< (?:ran|failed)$/.test(said.text) ? said : more[0]
  if (wrong) {
    const why = `"${wrong.text}" is not what comes of a schedule: < ran, or < failed`
    throw new LineError(wrong.number, why)
  }
  const title = `schedule ${name}`
  const expected = said?.text.slice(2)
  return { kind: 'schedule', line: number, title, name, cron, expected, expectedLine: said?.number }
}
