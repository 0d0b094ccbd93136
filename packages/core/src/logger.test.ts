import { expect, test } from 'vitest'
import { createLogger, type LogEvent, toJsonLine } from './index.ts'

const event = { time: '2026-01-01T00:00:00.000Z', level: 'info', message: 'm' } as const

test('events below the lowest level are not made', () => {
  const events: LogEvent[] = []
  const log = createLogger((made) => void events.push(made), { app: 'a' }, 'warn')
  log.debug('d')
  log.info('i')
  log.warn('w', { n: 1 })
  log.error('e')
  expect(events.map(({ time, ...rest }) => rest)).toEqual([
    { level: 'warn', message: 'w', app: 'a', n: 1 },
    { level: 'error', message: 'e', app: 'a' },
  ])
})

test('an error keeps its message, stack and cause in JSON; one line whatever is in it', () => {
  const error = new Error('line one\nline two', { cause: new Error('why') })
  const line = toJsonLine({ ...event, error, big: 1n })
  expect(line).not.toContain('\n')
  expect(JSON.parse(line)).toMatchObject({
    big: '1',
    error: { name: 'Error', message: 'line one\nline two', cause: { message: 'why' } },
  })
})

test('what cannot be written as JSON does not throw', () => {
  const circular: Record<string, unknown> = {}
  circular['self'] = circular
  expect(JSON.parse(toJsonLine({ ...event, circular }))).toMatchObject({ message: 'm' })
})
