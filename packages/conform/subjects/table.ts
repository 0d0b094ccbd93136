import type { Clause } from '../src/clause.ts'
import { clauses } from '../src/clauses/index.ts'

/** What one server's run came to. */
export interface ServerResult {
  readonly name: string
  readonly version: string
  readonly profile: string
  readonly totals: {
    readonly passed: number
    readonly failedMust: number
    readonly failedShould: number
    readonly notApplicable: number
  }
  /** The outcome by the clause's number. */
  readonly outcomes: Readonly<Record<string, 'pass' | 'fail' | 'not applicable'>>
  /** What was seen where a clause failed. */
  readonly failures: Readonly<Record<string, string>>
}

const marks = { pass: '✓', fail: '✗', 'not applicable': '·' } as const

const head = `# How known servers keep the contract

Every server here runs the few lines that its own documentation gives, and the handlers that [the
clauses](./port-binding.md) need. Nothing in this file is typed: \`node packages/conform/subjects/run-all.ts\`
installs them, runs them and writes it. What failed was tried a second time. Versions are those of Debian
and npm, so that anyone can run the same.

CI holds Mooring against every clause but those that wait for a minute. The servers on Node, and
gunicorn, are held to their column here in the sections Address, Health, HTTP and Hostile input, which
neither a busy machine nor a setting changes. The others are as the last run of that command found them.
`

/** The results as a page: a summary, and a row for each clause. */
export function table(results: readonly ServerResult[]): string {
  const sections = (['web', 'tcp'] as const).flatMap((profile) => {
    const own = results.filter((result) => result.profile === profile)
    return own.length === 0
      ? []
      : [`## Profile ${profile}\n\n${summary(own)}\n\n${byClause(own, profile)}\n`]
  })
  return `${head}\n${sections.join('\n')}`
}

function summary(results: readonly ServerResult[]): string {
  const rows = results.map(({ name, version, totals }) => {
    const { passed, failedMust, failedShould, notApplicable } = totals
    return [name, version, passed, failedMust, failedShould, notApplicable]
  })
  return grid(
    ['Server', 'Version', 'Passed', 'MUST failed', 'SHOULD failed', 'Not applicable'],
    rows,
  )
}

function byClause(results: readonly ServerResult[], profile: Clause['profiles'][number]): string {
  const rows = clauses
    .filter(({ profiles }) => profiles.includes(profile))
    .map(({ id, level, sentence }) => [
      id,
      level,
      sentence,
      ...results.map(({ outcomes }) => marks[outcomes[id] ?? 'not applicable']),
    ])
  const legend = '✓ passes, ✗ fails, · not applicable.'
  return `${legend}\n\n${grid(['', '', 'Clause', ...results.map(({ name }) => name)], rows)}`
}

function grid(titles: readonly string[], rows: readonly (readonly (string | number)[])[]): string {
  const line = (cells: readonly (string | number)[]) => `| ${cells.join(' | ')} |`
  return [line(titles), line(titles.map(() => '---')), ...rows.map(line)].join('\n')
}
