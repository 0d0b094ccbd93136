import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { install, isPortable } from '../subjects/install.ts'
import { readSubjects, type SubjectFile } from '../subjects/subject.ts'
import { type ServerResult, table } from '../subjects/table.ts'
import { parseArguments } from '../src/arguments.ts'
import type { Clause, Section } from '../src/clause.ts'
import { clauses } from '../src/clauses/index.ts'
import { run, type Result } from '../src/run.ts'

// The real servers that run without a change to the system, and gunicorn where it is installed: ours
// keeps everything, and the others do what the table in the docs says of them.
const results = new URL('../subjects/results.json', import.meta.url)
const recorded = JSON.parse(readFileSync(results, 'utf8')) as Record<string, ServerResult>

/** Of the other servers, what neither a busy machine nor its settings change. */
const steady: ReadonlySet<Section> = new Set(['Address', 'Health', 'HTTP', 'Hostile input'])

const chosen = readSubjects().filter(({ id, apt }) => apt === undefined || id === 'gunicorn')
const here = chosen.filter((subject) => isPortable(subject) || process.env['CI'] === 'true')
for (const { name } of chosen.filter((subject) => !here.includes(subject))) {
  process.stderr.write(`!!! ${name} is not installed here, and not tried.\n`)
}

async function hold(subject: SubjectFile, wanted: (clause: Clause) => boolean): Promise<Result[]> {
  const { cwd } = install(subject)
  const options = ['--profile', subject.profile, ...(subject.options ?? [])]
  const { target } = parseArguments([...options, '--', ...subject.command], cwd)
  // Waiting for a minute is left to `subjects/run-all.ts`.
  return run(
    target,
    clauses.filter((clause) => !clause.waits && wanted(clause)),
  )
}

test('the table in the docs is the one of the results', () => {
  const page = new URL('../../../docs/port-binding-servers.md', import.meta.url)
  expect(readFileSync(page, 'utf8')).toBe(table(Object.values(recorded)))
})

describe('real servers', { timeout: 240_000 }, () => {
  test('Mooring keeps every clause', async () => {
    const mooring = here.find(({ id }) => id === 'mooring')!
    const outcomes = await hold(mooring, () => true)
    const missed = outcomes.filter(({ outcome }) => outcome.result === 'fail')
    expect(missed.map(({ clause, outcome }) => ({ id: clause.id, ...outcome }))).toEqual([])
  })

  test.each(here.filter(({ id }) => id !== 'mooring'))(
    '$name does as the table says',
    async (subject) => {
      const outcomes = await hold(subject, ({ section }) => steady.has(section))
      // Some clauses apply for root only.
      const found = outcomes.flatMap(({ clause, outcome }) =>
        outcome.result === 'not applicable' ? [] : [[clause.id, outcome.result]],
      )
      const told = found.map(([id]) => [id, recorded[subject.id]!.outcomes[id!]])
      expect(Object.fromEntries(found)).toEqual(Object.fromEntries(told))
    },
  )
})
