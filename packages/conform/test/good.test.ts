import { expect, test } from 'vitest'
import { clauses } from '../src/clauses/index.ts'
import { run } from '../src/run.ts'
import { plainTarget, webTarget } from './targets.ts'

for (const target of [webTarget(), plainTarget('tcp'), plainTarget('worker')]) {
  test(`a good ${target.profile} command passes every clause`, { timeout: 240_000 }, async () => {
    const results = await run(target, clauses)
    const failed = results.flatMap(({ clause, outcome }) =>
      outcome.result === 'fail' ? [{ id: clause.id, ...outcome }] : [],
    )
    expect(failed).toEqual([])
    expect(results.length).toBe(
      clauses.filter(({ profiles }) => profiles.includes(target.profile)).length,
    )
  })
}
