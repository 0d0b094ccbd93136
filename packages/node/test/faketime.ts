import { spawnSync } from 'node:child_process'
import type { Environment } from './process.ts'

/** A process that was killed leaves a file of its id in shared memory, and with that id this fails. */
const mostTries = 20

/** The library that gives a process another clock. CI has it. */
function findFaketime(): string | undefined {
  for (let tries = 0; tries < mostTries; tries += 1) {
    const { stdout, error } = spawnSync('faketime', ['-f', '+0', 'printenv', 'LD_PRELOAD'])
    if (error && process.env['CI']) throw new Error('faketime is not installed')
    if (error) console.warn('faketime is not installed: SCHEDULES ARE NOT TESTED')
    if (error) return undefined
    const found = stdout.toString().trim()
    if (found !== '') return found
  }
  throw new Error('faketime does not say where its library is')
}

const library = findFaketime()

/** Whether a process can be given a clock of its own here. */
export const hasFaketime: boolean = library !== undefined

/** What starts a program at a time, in UTC; its clock then goes on as clocks do. */
export function startedAt(time: string): Environment {
  return { TZ: 'UTC', LD_PRELOAD: library, FAKETIME: `@${time}` }
}
