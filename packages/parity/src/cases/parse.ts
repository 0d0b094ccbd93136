import { bytesOf } from './bytes.ts'
import type { Case, DeclaredAnswer, RequestStep, Step } from './case.ts'
import { parseWebSocket } from './conversation.ts'
import { parseExpected } from './expected.ts'
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
  return splitCases(text)
    .flatMap(fillTable)
    .map((written) => ({
      name: written.name,
      file,
      line: written.line,
      steps: splitSteps(written).map((lines) => {
        try {
          return parseStep(lines, written.line)
        } catch (error) {
          const why = error instanceof Error ? error.message : String(error)
          throw new CaseError(`${file}:${written.line}: ${written.name}: ${why}`, { cause: error })
        }
      }),
    }))
}

function splitCases(text: string): readonly Written[] {
  const cases: { name: string; line: number; lines: string[] }[] = []
  for (const [index, line] of text.split(/\r?\n/).entries()) {
    if (line.startsWith('### '))
      cases.push({ name: line.slice(4).trim(), line: index + 1, lines: [] })
    else cases.at(-1)?.lines.push(line)
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

interface Directives {
  readonly values: Map<string, string>
  readonly rest: readonly string[]
}

/** The lines `@name value` at the beginning of a step. */
function takeDirectives(lines: readonly string[]): Directives {
  const values = new Map<string, string>()
  let at = 0
  for (; at < lines.length; at += 1) {
    const line = lines[at]!
    const [, name, value = ''] = /^@([\w-]+)(?: (.*))?$/.exec(line) ?? []
    if (name === undefined && line.trim() !== '') break
    if (name === 'websocket') break
    if (name !== undefined)
      values.set(name, values.has(name) ? `${values.get(name)}\n${value}` : value)
  }
  return { values, rest: lines.slice(at) }
}

const known = new Set([
  'new',
  'events',
  'abort',
  'wait',
  'eventually',
  'log',
  'raw',
  'no-host',
  'restart',
  'schedule',
])

function parseStep(all: readonly string[], line: number): Step {
  const { values, rest } = takeDirectives(all)
  for (const name of values.keys()) {
    if (!known.has(name)) throw new Error(`@${name} is none of @${[...known].join(', @')}`)
  }
  if (values.has('restart')) return { kind: 'restart', line }
  const schedule = values.get('schedule')
  if (schedule !== undefined) return parseSchedule(schedule, rest, line)
  if (rest[0]?.startsWith('@websocket ')) return parseWebSocket(rest, line)
  const blocks = splitAnswers(rest)
  const { request, expected, declared } = blocks
  const raw = values.get('raw')
  const sent = raw === undefined ? requestBytes(request, values.has('no-host')) : bytesOf(raw)
  const title = sent.toString('latin1', 0, 200).split('\r\n', 1)[0]!
  const number = (name: string) => (values.has(name) ? Number(values.get(name)) : undefined)
  return {
    kind: 'request',
    line,
    title,
    method: title.split(' ', 1)[0]!,
    bytes: sent,
    newConnection: values.has('new'),
    events: number('events'),
    abortAfterBytes: number('abort'),
    waitMs: number('wait'),
    eventually: values.has('eventually'),
    expected: expected && parseExpected(expected),
    declared,
    logs: values.get('log')?.split('\n') ?? [],
  } satisfies RequestStep
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
    const [, label] = /^\[(D-\d+(?: [\w-]+)+)\]$/.exec(line) ?? []
    if (label !== undefined) answers.push({ label, lines: [] })
    else if (answers.length === 0 && /^HTTP\/\d\.\d \d{3}/.test(line)) {
      answers.push({ label: undefined, lines: [line] })
    } else (answers.at(-1)?.lines ?? request).push(line)
  }
  const declared = answers.flatMap(({ label, lines: of }) => {
    if (label === undefined) return []
    const [difference = '', ...targets] = label.split(' ')
    return [{ difference, targets, expected: parseExpected(of) }]
  })
  return { request, expected: answers.find(({ label }) => label === undefined)?.lines, declared }
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

function parseSchedule(schedule: string, rest: readonly string[], line: number): Step {
  const [, name, cron] = /^(\w+) (\S+(?: \S+){4})$/.exec(schedule) ?? []
  if (name === undefined || cron === undefined) {
    throw new Error(`@schedule is "${schedule}", expected a name and its cron expression`)
  }
  const expected = rest.find((each) => each.startsWith('< '))?.slice(2)
  return { kind: 'schedule', line, title: `schedule ${name}`, name, cron, expected }
}
