import { readFileSync } from 'node:fs'
import { afterEach, expect, test } from 'vitest'
import { killAll, launch } from './process.ts'

afterEach(killAll)

/** Before anything else is known of the program. */
const fixture = 'before-serve.ts'

test.each([
  ['SIGTERM', {}, 0],
  ['SIGINT', {}, 0],
  ['SIGTERM', { MOORING_RUN: 'nightly' }, 1],
] as const)('%s before serve(), with %j, exits %i', async (signal, env, code) => {
  const program = launch(fixture, env)
  await program.event('imported')
  program.child.kill(signal)
  expect(await program.exited).toBe(code)
})

test('so does SIGTERM as PID 1, where the kernel ignores what nobody handles', async () => {
  const ownProcesses = ['unshare', '--pid', '--fork', '--mount-proc', '--kill-child']
  const asRoot = process.getuid?.() === 0 ? [] : ['--user', '--map-root-user']
  const wrap = [...ownProcesses, ...asRoot]
  const program = launch(fixture, {}, undefined, false, wrap)
  await program.event('imported')
  // What unshare became the parent of: proc(5).
  const { pid } = program.child
  process.kill(Number(readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8')), 'SIGTERM')
  expect(await program.exited).toBe(0)
})
