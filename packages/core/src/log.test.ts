import { expect, test } from 'vitest'
import { createLogger, type LogEvent, MooringError } from './index.ts'

/** What is written for one event of these fields. */
function written(fields: Record<string, unknown>): LogEvent {
  const events: LogEvent[] = []
  createLogger((event) => void events.push(event)).info('m', fields)
  return events[0]!
}

test('events below the lowest level are not made', () => {
  const events: LogEvent[] = []
  const log = createLogger((made) => void events.push(made), { app: 'a' }, 'warn')
  log.debug('d')
  log.info('i')
  log.warn('w', { n: 1 })
  log.error('e')
  expect(events).toMatchObject([
    { level: 'warn', message: 'w', app: 'a', n: 1, time: expect.stringMatching(/^\d{4}-.*Z$/) },
    { level: 'error', message: 'e', app: 'a' },
  ])
})

test('an error becomes plain data with its message, code, stack and cause, wherever it is', () => {
  const cause = Object.assign(new Error('why'), { code: 'ECONNREFUSED' })
  const error = new Error('what', { cause })
  const plain = { name: 'Error', message: 'what', cause: { message: 'why', code: 'ECONNREFUSED' } }
  expect(written({ error, deep: { error } })).toMatchObject({
    error: plain,
    deep: { error: plain },
  })
  expect(written({ error })['error']).not.toBeInstanceOf(Error)
})

test.each([
  ['has no text', () => Object.assign(Object.create(null), { big: 1n })],
  ['is a revoked proxy', () => revoked()],
  ['throws when it is looked at', () => new Proxy({}, { get: fail, getPrototypeOf: fail })],
  ['has a text that throws', () => ({ [Symbol.toPrimitive]: fail, toJSON: fail })],
  [
    'is an error whose parts throw',
    () => Object.defineProperty(new Error(), 'message', { get: fail }),
  ],
])('what %s is logged all the same', (_what, value) => {
  expect(written({ error: value() })['error']).toEqual('no text')
})

const fail = () => {
  throw new Error('not for anybody')
}

function revoked(): object {
  const { proxy, revoke } = Proxy.revocable({}, {})
  revoke()
  return proxy
}

test('a MooringError says in the log what was expected, and how to mend it', () => {
  const details = { message: 'what', why: 'to: no address', fix: 'send one' }
  const error = new MooringError('MOORING_E_QUEUE_MESSAGE', details)
  const code = 'MOORING_E_QUEUE_MESSAGE'
  expect(written({ error })['error']).toMatchObject({ ...details, code })
})

test('an error that is its own cause, and a cause that is no error, can be logged', () => {
  const own = new Error('what')
  own.cause = own
  expect(written({ own })['own']).toBe('Error: what')
  const error = new Error('what', { cause: { step: 1 } })
  expect(written({ error })['error']).toMatchObject({ cause: { step: 1 } })
})

test('what JSON cannot hold becomes text, and nothing throws', () => {
  const circular: Record<string, unknown> = {}
  circular['self'] = circular
  const event = written({ circular, big: 1n, date: new Date(0), nothing: undefined })
  expect(event).toMatchObject({
    circular: '[object Object]',
    big: '1',
    date: '1970-01-01T00:00:00.000Z',
  })
  expect(() => JSON.stringify(event)).not.toThrow()
})
