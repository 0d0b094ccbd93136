const months = 'JAN FEB MAR APR MAY JUN JUL AUG SEP OCT NOV DEC'.split(' ')
const weekdays = 'SUN MON TUE WED THU FRI SAT'.split(' ')

/** Of each month, at the most. */
const mostDays = [31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]

interface Field {
  readonly what: string
  readonly least: number
  readonly most: number
  /** Names of the values, from the least one on. */
  readonly names?: readonly string[]
  /** Whether a value has to be told by its name. */
  readonly namesOnly?: true
}

const fields: readonly Field[] = [
  { what: 'minutes', least: 0, most: 59 },
  { what: 'hours', least: 0, most: 23 },
  { what: 'days of the month', least: 1, most: 31 },
  { what: 'months', least: 1, most: 12, names: months },
  // 1 is Sunday on Workers, and Monday for cron itself.
  { what: 'days of the week', least: 0, most: 6, names: weekdays, namesOnly: true },
]

/**
 * Why a cron expression does not mean the same on every target; `undefined` where it does.
 *
 * What is left is what all of them read alike: five fields of `*`, values, ranges, steps and lists.
 * Seconds, years, `L`, `W`, `#`, `?`, `@daily` are not among it.
 */
export function cronProblem(cron: string): string | undefined {
  const parts = cron.split(' ')
  if (parts.length !== fields.length) {
    return 'Expected five fields with one space between: minute, hour, day, month, weekday.'
  }
  for (const [index, field] of fields.entries()) {
    const wrong = parts[index]!.split(',').find((item) => !isItem(item, field))
    if (wrong !== undefined) return `Expected ${describe(field)}, got ${JSON.stringify(wrong)}.`
  }
  // Cron runs when either matches, other schedulers when both do.
  if (parts[2] !== '*' && parts[4] !== '*') {
    return 'Expected days of the month or days of the week: what both together mean differs.'
  }
  const [day, month] = [fields[2]!, fields[3]!].map((field, at) => valuesOf(parts[2 + at]!, field))
  if (!month!.some((each) => Math.min(...day!) <= mostDays[each - 1]!)) {
    return `It is never due: the month ${parts[3]} has no day ${parts[2]}.`
  }
  return undefined
}

/** A `*`, a value or a range; the first and the last may have a step. */
function isItem(item: string, field: Field): boolean {
  const [range = '', step, ...more] = item.split('/')
  if (more.length > 0) return false
  const hasStep = step !== undefined
  if (hasStep && !(/^[1-9]\d?$/.test(step) && Number(step) <= field.most)) return false
  if (range === '*') return true
  const [from, to, ...rest] = range.split('-').map((value) => numberOf(value, field))
  if (from === undefined || rest.length > 0) return false
  if (!range.includes('-')) return !hasStep
  return to !== undefined && from <= to
}

/** The values that a field means, each of whose items is one. */
function valuesOf(part: string, field: Field): number[] {
  return part.split(',').flatMap((item) => {
    const [range = '', step = '1'] = item.split('/')
    const [from, to = from] = range.split('-').map((value) => numberOf(value, field))
    const { least, most } = range === '*' ? field : { least: from!, most: to! }
    const length = Math.floor((most - least) / Number(step)) + 1
    return Array.from({ length }, (_, index) => least + index * Number(step))
  })
}

function numberOf(value: string, field: Field): number | undefined {
  const { least, most, names = [], namesOnly } = field
  const index = names.indexOf(value)
  if (index >= 0) return least + index
  if (namesOnly || !/^\d{1,2}$/.test(value)) return undefined
  const number = Number(value)
  return number >= least && number <= most ? number : undefined
}

function describe({ what, least, most, names, namesOnly }: Field): string {
  const range = `${least}–${most}`
  const values = namesOnly ? names!.join(', ') : names ? `${range} or ${names.join(', ')}` : range
  return `${what} as *, ${values}, a range such as a-b, a step such as */2, or a list of these`
}
