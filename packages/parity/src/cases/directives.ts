import { type Line, LineError } from './lines.ts'

/** The lines `@name value` at the beginning of a step, and what is below. */
export interface Directives {
  readonly values: ReadonlyMap<string, string>
  /** The first line of each. */
  readonly lines: ReadonlyMap<string, Line>
  readonly rest: readonly Line[]
}

const ofRequests: readonly string[] = [
  'new',
  'pipelined',
  'events',
  'abort',
  'wait',
  'eventually',
  'unread',
  'upload',
  'until',
  'rest',
  'log',
  'logged',
  'raw',
  'no-host',
]
const known: readonly string[] = [...ofRequests, 'restart', 'schedule', 'websocket']

/** @throws LineError where one is unknown, or does nothing beside another */
export function takeDirectives(written: readonly Line[]): Directives {
  const values = new Map<string, string>()
  const lines = new Map<string, Line>()
  let at = 0
  for (; at < written.length; at += 1) {
    const line = written[at]!
    const [, name, value = ''] = /^@([\w-]+)(?: (.*))?$/.exec(line.text) ?? []
    if (name === undefined && line.text.trim() !== '') break
    if (name === undefined) continue
    if (!known.includes(name)) {
      throw new LineError(line.number, `@${name} is none of @${known.join(', @')}`)
    }
    values.set(name, values.has(name) ? `${values.get(name)}\n${value}` : value)
    if (!lines.has(name)) lines.set(name, line)
  }
  const names = [...values.keys()]
  const mistake = (name: string, why: string) => new LineError(lines.get(name)!.number, why)
  const alone = names.find((name) => !ofRequests.includes(name))
  const beside = names.find((name) => name !== alone)
  if (alone !== undefined && beside !== undefined) {
    throw mistake(beside, `@${beside} does nothing in a step of @${alone}`)
  }
  if (values.has('pipelined') && values.has('new')) {
    const why = '@pipelined is on the connection of the step before, and @new on another'
    throw mistake('pipelined', why)
  }
  return { values, lines, rest: written.slice(at) }
}

/** @throws LineError where the value is no whole number from 1 on */
export function countOf({ values, lines }: Directives, name: string): number | undefined {
  const value = values.get(name)
  if (value === undefined || /^[1-9]\d{0,8}$/.test(value))
    return value === undefined ? undefined : Number(value)
  const why = `@${name} is "${value}", expected a whole number from 1 on`
  throw new LineError(lines.get(name)!.number, why)
}
