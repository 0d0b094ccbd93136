import { expect, test } from 'vitest'
import { checkSchedules } from './schedule-check.ts'

test('a schedule whose trigger is there is whole', () => {
  expect(checkSchedules({ sweep: '0 * * * *' }, ['0 * * * *'])).toEqual([])
  expect(checkSchedules({}, [])).toEqual([])
})

test('a schedule without a trigger is told, with the line that keeps the others', () => {
  const crons = { sweep: '0 * * * *', report: '0 3 * * MON' }
  expect(checkSchedules(crons, ['0 * * * *'])).toEqual([
    'The schedule "report" (0 3 * * MON) never runs on Workers: no cron trigger has its expression. Write in wrangler.jsonc: "triggers": { "crons": ["0 * * * *","0 3 * * MON"] }',
  ])
})

test('a trigger without a schedule is told', () => {
  expect(checkSchedules({}, ['5 5 * * *'])).toEqual([expect.stringContaining('"5 5 * * *" fails')])
})
