import { Hono } from 'hono'
import { Hono as TinyHono } from 'hono/tiny'
import { expect, test } from 'vitest'
import { defineApp } from './define-app.ts'
import { logHandlerErrors } from './handler-errors.ts'
import { createLogger, type LogEvent } from './log.ts'

class NeedyHono extends Hono {
  constructor({ path }: { readonly path: string }) {
    super()
    this.get(path, fail)
  }
}

const fail = () => {
  throw new Error('on purpose')
}

async function loggedBy(app: Hono): Promise<readonly LogEvent[]> {
  const events: LogEvent[] = []
  const log = createLogger((event) => void events.push(event))
  logHandlerErrors(app, log)
  expect((await app.request('/fails?secret')).status).toBe(500)
  return events
}

test.each([
  ['Hono', new Hono().get('/fails', fail)],
  ['a preset of Hono', new TinyHono().get('/fails', fail) as unknown as Hono],
  ['a class that extends Hono', new NeedyHono({ path: '/fails' })],
  ['Hono below a path', new Hono().basePath('/').route('/', new Hono().get('/fails', fail))],
])('what a handler of %s throws is one event', async (_name, app) => {
  const event = { level: 'error', message: 'the handler threw', method: 'GET', path: '/fails' }
  const error = { message: 'on purpose', stack: expect.stringContaining('handler-errors.test') }
  expect(await loggedBy(app)).toMatchObject([{ ...event, error }])
})

test('an app that has an onError is left alone, and so is what is no Hono app', async () => {
  const app = new Hono().get('/fails', fail).onError((_error, c) => c.text('told', 500))
  expect(await loggedBy(app)).toEqual([])
  const log = createLogger(() => {})
  const fetch = () => new Response()
  const errorHandler = () => new Response()
  const onError = () => {}
  const others = [
    Object.freeze({ fetch }),
    Object.freeze({ fetch, errorHandler }),
    Object.freeze({ fetch, errorHandler, onError }),
    // As the exports of a module.
    Object.freeze(Object.assign(Object.create(null), { fetch, errorHandler, onError })),
  ]
  for (const other of others) expect(() => logHandlerErrors(other, log)).not.toThrow()
})

test('injected, a handler that is none of Hono’s and throws what is no error is a bare 500', async () => {
  const events: LogEvent[] = []
  const app = defineApp({ name: 'own', setup: () => ({ fetch: () => Promise.reject('a text') }) })
  const injected = app.inject({
    name: 'test',
    write: (event) => void events.push(event),
    drainSignal: new AbortController().signal,
    clientAddress: () => undefined,
  })
  const response = await injected.fetch(new Request('http://test/'), {}, {})
  expect([response.status, await response.text()]).toEqual([500, 'Internal Server Error'])
  expect(events).toMatchObject([{ message: 'the handler threw', app: 'own', error: 'a text' }])
})
