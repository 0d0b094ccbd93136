import type { ExpectedLine } from '../log-lines.ts'
import { bytesOf } from './bytes.ts'
import type { Leaves, Case, DeclaredAnswer, RequestStep, Step } from './case.ts'
import { parseWebSocket } from './conversation.ts'
import { parseDeclared } from './declared.ts'
import { countOf, takeDirectives } from './directives.ts'
import { noResponse, onlyStatus, parseExpected } from './expected.ts'
import { fillTable, type Written } from './table.ts'

/** A case that cannot be read: where, and what was expected. */
export class CaseError extends Error {}

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
    const why = error instanceof Error ? error.message : String(error)
    throw new CaseError(`${file}:${line}: ${name}: ${why}`, { cause: error })
  }
}

function parseCase(written: Written, file: string): Case {
  const { name, line } = written
  const steps = splitSteps(written).map((lines) => parseStep(lines, line))
  if (steps.length === 0) throw new Error('it has no step, such as GET /path')
  for (const [index, step] of steps.entries()) {
    if (step.kind !== 'request' || !step.isPipelined) continue
    if (steps[index - 1]?.kind !== 'request') throw new Error('@pipelined is behind no request')
  }
  return { name, file, line, steps }
}

function splitCases(text: string, file: string): readonly Written[] {
  const cases: { name: string; line: number; lines: string[] }[] = []
  // Some editors begin a file with a byte order mark.
  for (const [index, line] of text
    .replace(/^\uFEFF/, '')
    .split(/\r?\n/)
    .entries()) {
    const current = cases.at(-1)
    if (line.startsWith('### ')) {
      cases.push({ name: line.slice(4).trim(), line: index + 1, lines: [] })
    } else if (current) current.lines.push(line)
    else if (line.trim() !== '' && !line.startsWith('#')) {
      const why = `"${line}" is in no case: a case begins with "### its name"`
      throw new CaseError(`${file}:${index + 1}: ${why}`)
    }
  }
  if (cases.length === 0) {
    throw new CaseError(`${file}: there is no case in it: a case begins with "### its name"`)
  }
  return cases
}

function splitSteps({ lines }: Written): readonly (readonly string[])[] {
  const steps: string[][] = [[]]
  for (const line of lines) {
    if (line === '---') steps.push([])
    // A line that says why, outside of what is sent and of what comes.
    else if (!/^#(?: |$)/.test(line)) steps.at(-1)!.push(line)
  }
  return steps.filter((step) => step.some((line) => line.trim() !== ''))
}

function parseStep(all: readonly string[], line: number): Step {
  const directives = takeDirectives(all)
  const { values, rest } = directives
  if (values.has('restart')) return parseRestart(rest, line)
  const schedule = values.get('schedule')
  if (schedule !== undefined) return parseSchedule(schedule, rest, line)
  const path = values.get('websocket')
  if (path !== undefined) return parseWebSocket(path, rest, line)
  const blocks = splitAnswers(rest)
  const { request, expected, declared } = blocks
  const raw = values.get('raw')
  const leaves = leavesOf(values)
  const isRest = values.has('rest')
  if (isRest && request.some((each) => each !== ''))
    throw new Error(`"${request[0]}" is below @rest`)
  if (typeof leaves === 'string' && expected) {
    throw new Error(`"${expected[0]}" is what @rest reads: this step reads nothing`)
  }
  const sent = isRest
    ? Buffer.alloc(0)
    : raw === undefined
      ? requestBytes(request, values.has('no-host'))
      : bytesOf(raw)
  const title = isRest ? 'the rest' : sent.toString('latin1', 0, 200).split('\r\n', 1)[0]!
  return {
    kind: 'request',
    line,
    title,
    method: title.split(' ', 1)[0]!,
    bytes: sent,
    newConnection: values.has('new'),
    isPipelined: values.has('pipelined'),
    events: countOf(directives, 'events'),
    abortAfterBytes: countOf(directives, 'abort'),
    waitMs: countOf(directives, 'wait'),
    eventually: values.has('eventually'),
    leaves,
    isRest,
    expected: typeof leaves === 'string' ? onlyStatus(leaves) : expected && parseExpected(expected),
    declared,
    logs: values.get('log')?.split('\n') ?? [],
    logged: (values.get('logged')?.split('\n') ?? []).map(parseLogged),
  } satisfies RequestStep
}

function parseLogged(value: string): ExpectedLine {
  const [, level, text] = /^(out|err|debug|info|warn|error) (.+)$/.exec(value) ?? []
  if (level !== undefined && text !== undefined) return { level, text }
  throw new Error(`@logged is "${value}", expected out, err or a level, and a part of the line`)
}

function leavesOf(values: ReadonlyMap<string, string>): Leaves | undefined {
  const until = values.get('until')
  const given = ['unread', 'until', 'rest'].filter((name) => values.has(name))
  if (given.length > 1) throw new Error(`@${given[0]} and @${given[1]} are of two steps`)
  if (until !== undefined) return { until }
  return values.has('unread') ? 'unread' : undefined
}

interface Answers {
  readonly request: readonly string[]
  readonly expected: readonly string[] | undefined
  readonly declared: readonly DeclaredAnswer[]
}

/** Parts what is sent from what is expected, and that from `[D-01 workerd]` and what follows it. */
function splitAnswers(lines: readonly string[]): Answers {
  const request: string[] = []
  const answers: { label: string | undefined; lines: string[] }[] = []
  for (const line of lines) {
    const [, label] = /^\[(D-.*)\]$/.exec(line) ?? []
    if (label !== undefined) answers.push({ label, lines: [] })
    else if (answers.length === 0 && isAnswer(line, request)) {
      answers.push({ label: undefined, lines: [line] })
    } else (answers.at(-1)?.lines ?? request).push(line)
  }
  const declared = answers.flatMap(({ label, lines: of }) => {
    if (label === undefined) return []
    return [{ ...parseDeclared(label), expected: parseExpected(of) }]
  })
  return { request, expected: answers.find(({ label }) => label === undefined)?.lines, declared }
}

/** Where nothing but raw bytes is sent, what comes may be no response. */
function isAnswer(line: string, request: readonly string[]): boolean {
  if (/^HTTP\/\S* \S*/.test(line)) return true
  return noResponse.test(line) && request.every((each) => each === '')
}

/** A request as it goes out: `Host` and `Content-Length` are filled in where they are not said. */
function requestBytes(lines: readonly string[], withoutHost: boolean): Buffer {
  const empty = lines.indexOf('')
  const head = (empty < 0 ? lines : lines.slice(0, empty)).filter((line) => line !== '')
  const [first = '', ...fields] = head
  if (!/^\S+ \S/.test(first)) throw new Error(`"${first}" is no request line, such as GET /path`)
  const body =
    empty < 0
      ? ''
      : lines
          .slice(empty + 1)
          .join('\n')
          .replace(/\n+$/, '')
  const content = bytesOf(body)
  const has = (name: string) => fields.some((field) => field.toLowerCase().startsWith(`${name}:`))
  const line = / HTTP\/\d\.\d$/.test(first) ? first : `${first} HTTP/1.1`
  const all = [line]
  if (!withoutHost && !has('host')) all.push('Host: localhost')
  all.push(...fields)
  if (content.length > 0 && !has('content-length') && !has('transfer-encoding')) {
    all.push(`Content-Length: ${content.length}`)
  }
  return Buffer.concat([bytesOf(`${all.join('\r\n')}\r\n\r\n`), content])
}

function parseRestart(rest: readonly string[], line: number): Step {
  const more = rest.find((each) => each.trim() !== '')
  if (more === undefined) return { kind: 'restart', line }
  throw new Error(`"${more}" is below @restart, which is a step of its own: part them by ---`)
}

function parseSchedule(schedule: string, rest: readonly string[], line: number): Step {
  const [, name, cron] = /^(\w+) (\S+(?: \S+){4})$/.exec(schedule) ?? []
  if (name === undefined || cron === undefined) {
    throw new Error(`@schedule is "${schedule}", expected a name and its cron expression`)
  }
  const [said, ...more] = rest.filter((each) => each !== '')
  if (more.length > 0 || (said !== undefined && said !== '< ran' && said !== '< failed')) {
    throw new Error(`"${more[0] ?? said}" is not what comes of a schedule: < ran, or < failed`)
  }
  const expected = said?.slice(2)
  return { kind: 'schedule', line, title: `schedule ${name}`, name, cron, expected }
}
