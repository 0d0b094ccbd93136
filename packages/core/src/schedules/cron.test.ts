import { expect, test } from 'vitest'
import { cronProblem } from './cron.ts'

test.each([
  '* * * * *',
  '0 * * * *',
  '*/5 0-6,22,23 * * *',
  '0-30/10 4 1,15 JAN-MAR,12 *',
  '59 23 * * SUN-SAT/2',
  '0 9 * * MON-FRI',
  '0 9 29 2 *',
  '0 9 31 FEB-MAR *',
  '0 9 */30 2 *',
])('%s means the same everywhere', (cron) => {
  expect(cronProblem(cron)).toBeUndefined()
})

test.each([
  ['', 'five fields'],
  ['* * * *', 'five fields'],
  ['0 * * * * *', 'five fields'],
  ['0  * * * *', 'five fields'],
  ['@daily', 'five fields'],
  ['60 * * * *', 'minutes as *, 0–59'],
  ['*/0 * * * *', 'minutes'],
  ['*/60 * * * *', 'minutes'],
  ['5/10 * * * *', 'minutes'],
  ['30-10 * * * *', 'minutes'],
  ['1-2-3 * * * *', 'minutes'],
  ['*/2/2 * * * *', 'minutes'],
  ['0, * * * *', 'minutes'],
  ['0 24 * * *', 'hours'],
  ['0 0 0 * *', 'days of the month'],
  ['0 0 L * *', 'days of the month'],
  ['0 0 15W * *', 'days of the month'],
  ['0 0 * 13 *', 'months as *, 1–12 or JAN'],
  ['0 0 * jan *', 'months'],
  ['0 0 * * 1', 'days of the week as *, SUN, MON'],
  ['0 0 * * FRI-MON', 'days of the week'],
  ['0 0 * * MON#1', 'days of the week'],
  ['0 0 ? * MON', 'days of the month'],
  ['0 0 1 * MON', 'what both together mean differs'],
  ['0 9 31 2 *', 'never due: the month 2 has no day 31'],
  ['0 9 30,31 FEB *', 'never due'],
  ['0 9 31 4-6/2 *', 'never due'],
])('%j does not', (cron, why) => {
  expect(cronProblem(cron)).toContain(why)
})
