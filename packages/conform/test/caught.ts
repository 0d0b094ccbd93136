import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import type { Clause } from '../src/clause.ts'
import { removeScratch, Subject } from '../src/subject.ts'
import type { Target } from '../src/target.ts'
import { plainTarget, webTarget } from './targets.ts'

/** For each clause, a command that breaks it has to be caught by it. */
export function everyDefectIsCaught(clauses: readonly Clause[]): void {
  afterAll(removeScratch)
  describe('a command that breaks it is caught', () => {
    for (const clause of clauses) {
      test.concurrent(`${clause.id} ${clause.sentence}`, { timeout: 120_000 }, async () => {
        const holder = new Subject(webTarget())
        const statePath = join(holder.folder(), 'state')
        try {
          const target = broken(clause, statePath)
          const outcome = await new Subject(target).judge(clause.check)
          expect(outcome).toMatchObject({ result: 'fail' })
        } finally {
          rmSync(statePath, { force: true })
          await holder.dispose()
        }
      })
    }
  })
}

function broken({ id, profiles }: Clause, statePath: string): Target {
  if (!profiles.includes('web')) return plainTarget('worker', id)
  const target = webTarget(id, statePath)
  // A shell that leaves its child to the program that it becomes.
  if (id === 'PB-34') {
    return { ...target, command: ['sh', '-c', 'sleep 0.3 & exec node web.ts'] }
  }
  // A probe that is looked for and not found has no path.
  if (id !== 'PB-20' && id !== 'PB-21') return target
  const { live: _live, ready: _ready, ...paths } = target.paths
  return { ...target, paths }
}
