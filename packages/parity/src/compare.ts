import type { Expected } from './cases/case.ts'
import { absent, type Observation } from './observation.ts'
import { runtimeOf } from './targets/named.ts'

/** One field in which a target differs from what is expected of it. */
export interface Finding {
  readonly target: string
  /** Such as `status` or `header content-type`. */
  readonly field: string
  readonly expected: string
  readonly got: string
  /** The targets that show what is expected; none where a case states it. */
  readonly rest: readonly string[]
  /** The line of the file of cases that states it. @default none does */
  readonly line?: number | undefined
}

/** What each target showed of one step. */
export type Observations = ReadonlyMap<string, Observation>

/** The fields that a written expectation does not meet. */
export function against(expected: Expected, target: string, seen: Observation): readonly Finding[] {
  const findings: Finding[] = []
  const check = (field: string, wanted: string, matches = (got: string) => got === wanted) => {
    const got = seen.get(field) ?? absent
    if (matches(got)) return
    findings.push({
      target,
      field,
      expected: wanted,
      got,
      rest: [],
      line: expected.lines.get(field),
    })
  }
  check('status', expected.status)
  if (expected.reason !== undefined) check('reason', expected.reason)
  for (const [name, values] of expected.fields) {
    check(`header ${name}`, values.length === 0 ? absent : values.join('\n'))
  }
  for (const [fact, value] of expected.facts) check(fact, value)
  const { body } = expected
  if (typeof body === 'string') check('body', body)
  else if (body) check('body', String(body), (got) => body.test(got))
  return findings
}

/** The fields that a written expectation states. */
export function statedBy(expected: Expected | undefined): ReadonlySet<string> {
  if (!expected) return new Set()
  const fields = [...expected.fields.keys()].map((name) => `header ${name}`)
  return new Set([
    'status',
    ...(expected.reason === undefined ? [] : ['reason']),
    ...(expected.body === undefined ? [] : ['body']),
    ...fields,
    ...expected.facts.keys(),
  ])
}

/**
 * The fields in which a target differs from the rest: from what most runtimes show, or in a tie from
 * what the first shows.
 *
 * @param except fields that are judged otherwise
 */
export function amongEachOther(all: Observations, except: ReadonlySet<string>): readonly Finding[] {
  const fields = new Set([...all.values()].flatMap((seen) => [...seen.keys()]))
  return [...fields]
    .filter((field) => !except.has(field))
    .flatMap((field) => {
      const values = [...all].map(([target, seen]) => ({ target, got: seen.get(field) ?? absent }))
      const expected = ofMost(values)
      const rest = values.filter(({ got }) => got === expected).map(({ target }) => target)
      return values
        .filter(({ got }) => got !== expected)
        .map(({ target, got }) => ({ target, field, expected, got, rest }))
    })
}

/** What most show, where several versions of a runtime have one voice between them. */
function ofMost(values: readonly { readonly target: string; readonly got: string }[]): string {
  const versions = Map.groupBy(values, ({ target }) => runtimeOf(target))
  const voices = new Map<string, number>()
  for (const { target, got } of values) {
    const share = 1 / versions.get(runtimeOf(target))!.length
    voices.set(got, (voices.get(got) ?? 0) + share)
  }
  // Thirds do not add up to one.
  const most = Math.max(...voices.values()) - 1e-9
  return values.find(({ got }) => voices.get(got)! >= most)?.got ?? absent
}
