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

function run(...args: string[]): Promise<{ code: number; stdout: string; stderr: string }> {
  return new Promise((resolve) => {
    const options = { cwd: project.folder }
    execFile(process.execPath, [bin, 'run', ...args], options, (error, stdout, stderr) => {
      resolve({ code: Number(error?.code ?? 0), stdout, stderr })
    })
  })
}

test('runs a schedule, and the status tells how it ended', async () => {
  const ended = await Promise.all(
    [['good', 'node'], ['bad', 'node'], ['none', 'node'], ['good', 'app'], []].map((args) =>
      run(...args),
    ),
  )
  expect(ended.map(({ code }) => code)).toEqual([0, 1, 78, 64, 64])
  const [good, bad, none, app] = ended
  expect(good!.stdout).toMatch(/the app ran it[^]*schedule good ran/)
  expect(bad!.stdout).toContain('schedule bad failed')
  expect(none!.stderr).toContain('MOORING_E_SCHEDULE: fixture declares no schedule "none"')
  expect(app!.stderr).toContain('MOORING_E_CLI: The folder "app" has no src/main.ts.')
})
