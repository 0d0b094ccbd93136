import { expect, test } from 'vitest'
import { readBudget } from './budget.ts'

test.each([
  ['Kubernetes', 'KUBERNETES_SERVICE_HOST', '10.0.0.1', 30_000, 27_000],
  ['Heroku', 'DYNO', 'web.1', 30_000, 27_000],
  ['Render', 'RENDER', 'true', 30_000, 27_000],
  ['Cloud Run', 'K_SERVICE', 'links', 10_000, 8_500],
  ['Fly', 'FLY_APP_NAME', 'links', 5_000, 4_250],
  ['Nomad', 'NOMAD_ALLOC_ID', '5c1f', 5_000, 4_250],
  ['Railway', 'RAILWAY_ENVIRONMENT', 'production', 3_000, 2_500],
  ['systemd', 'INVOCATION_ID', '8f3a', 90_000, 87_000],
  ['default', 'NO_PLATFORM', '', 10_000, 8_500],
])('%s is known by %s, and so is its grace', (source, variable, value, graceMs, deadlineMs) => {
  const budget = readBudget({ [variable]: value })
  expect(budget).toMatchObject({ source, graceMs, deadlineMs })
  // Only of Kubernetes it is known that its routers are told late.
  expect(budget.lameDuck.mostMs).toBe(source === 'Kubernetes' ? 15_000 : 0)
})

test('what runs under several is known by the one that signals it', () => {
  const nested = { KUBERNETES_SERVICE_HOST: '10.0.0.1', K_SERVICE: 'links', INVOCATION_ID: '8f3a' }
  expect(readBudget(nested).source).toBe('Kubernetes')
  expect(readBudget({ FLY_APP_NAME: 'links', INVOCATION_ID: '8f3a' }).source).toBe('Fly')
})

test('SHUTDOWN_BUDGET overrides all of them', () => {
  const budget = readBudget({ DYNO: 'web.1', SHUTDOWN_BUDGET: '1m' })
  expect(budget).toMatchObject({ source: 'SHUTDOWN_BUDGET', graceMs: 60_000, deadlineMs: 57_000 })
})
