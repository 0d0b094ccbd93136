import { execFile } from 'node:child_process'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { bin } from './support/dev.ts'
import { copyProject, type Project } from './support/project.ts'

let project: Project
beforeAll(async () => {
  project = await copyProject()
  await project.write(
    'node/src/main.ts',
    `import { defineApp } from '@mooring/core'
import { serve } from '@mooring/node'

const run = async ({ log }) => log.info('the app ran it')
const fail = () => Promise.reject(new Error('on purpose'))
await serve(
  defineApp({
    name: 'fixture',
    schedules: { good: { cron: '0 * * * *', run }, bad: { cron: '0 * * * *', run: fail } },
    setup: () => ({ fetch: () => new Response('ok') }),
  }),
)
`,
  )
})
afterAll(() => project.remove())

const run = (...args: string[]) => mooring('run', ...args)

function mooring(...args: string[]): Promise<{ code: number; stdout: string; stderr: string }> {
  return new Promise((resolve) => {
    const options = { cwd: project.folder }
    execFile(process.execPath, [bin, ...args], options, (error, stdout, stderr) => {
      resolve({ code: Number(error?.code ?? 0), stdout, stderr })
    })
  })
}

test('runs a schedule, and the status tells how it ended', async () => {
  const ended = await Promise.all(
    [
      ['good', 'node'],
      ['bad', 'node'],
      ['none', 'node'],
      ['good', 'app'],
      ['good', 'edge'],
      [],
    ].map((args) => run(...args)),
  )
  expect(ended.map(({ code }) => code)).toEqual([0, 1, 78, 64, 64, 64])
  const [good, bad, none, app, edge] = ended
  expect(good!.stdout).toMatch(/the app ran it[^]*schedule good ran/)
  expect(bad!.stdout).toContain('schedule bad failed')
  expect(none!.stderr).toContain('MOORING_E_SCHEDULE: fixture declares no schedule "none"')
  expect(app!.stderr).toContain('MOORING_E_CLI: The folder "app" has no src/main.ts.')
  expect(edge!.stderr).toContain(
    'MOORING_E_CLI: The folder "edge" has a Worker, and no src/main.ts.',
  )
})

test('dead letters are asked of the app', async () => {
  const [list, replay] = await Promise.all([
    mooring('dead-letters', 'mails', 'node'),
    mooring('dead-letters', 'mails', 'node', '--replay'),
  ])
  expect(list.stderr).toContain('MOORING_DEAD_LETTERS is "list mails"')
  expect(replay.stderr).toContain('MOORING_DEAD_LETTERS is "replay mails"')
  expect([list.code, replay.code]).toEqual([78, 78])
})
