/** The lines `@name value` at the beginning of a step, and what is below. */
export interface Directives {
  readonly values: ReadonlyMap<string, string>
  readonly rest: readonly string[]
}

const ofRequests: readonly string[] = [
  'new',
  'pipelined',
  'events',
  'abort',
  'wait',
  'eventually',
  'unread',
  'until',
  'rest',
  'log',
  'logged',
  'raw',
  'no-host',
]
const known: readonly string[] = [...ofRequests, 'restart', 'schedule', 'websocket']

/** @throws where one is unknown, or does nothing beside another */
export function takeDirectives(lines: readonly string[]): Directives {
  const values = new Map<string, string>()
  let at = 0
  for (; at < lines.length; at += 1) {
    const line = lines[at]!
    const [, name, value = ''] = /^@([\w-]+)(?: (.*))?$/.exec(line) ?? []
    if (name === undefined && line.trim() !== '') break
    if (name === undefined) continue
    if (!known.includes(name)) throw new Error(`@${name} is none of @${known.join(', @')}`)
    values.set(name, values.has(name) ? `${values.get(name)}\n${value}` : value)
  }
  const names = [...values.keys()]
  const alone = names.find((name) => !ofRequests.includes(name))
  const beside = names.find((name) => name !== alone)
  if (alone !== undefined && beside !== undefined) {
    throw new Error(`@${beside} does nothing in a step of @${alone}`)
  }
  if (values.has('pipelined') && values.has('new')) {
    throw new Error('@pipelined is on the connection of the step before, and @new on another')
  }
  return { values, rest: lines.slice(at) }
}

/** @throws where the value is no whole number from 1 on */
export function countOf({ values }: Directives, name: string): number | undefined {
  const value = values.get(name)
  if (value === undefined || /^[1-9]\d{0,8}$/.test(value))
    return value === undefined ? undefined : Number(value)
  throw new Error(`@${name} is "${value}", expected a whole number from 1 on`)
}
