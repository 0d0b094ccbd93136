import {
  clientAddress,
  defineApp,
  kv,
  logger,
  requestId,
  requestLimits,
  topic,
} from '@mooring/core'
import { Hono } from 'hono'
import { background } from './background.ts'
import { errors } from './errors.ts'
import { faults } from './faults.ts'
import { fetches } from './fetches.ts'
import { flows } from './flows.ts'
import { logs } from './logs.ts'
import { notes } from './notes.ts'
import { consume, queues, work } from './queues.ts'
import { requests } from './requests.ts'
import { responses } from './responses.ts'
import { runtime } from './runtime.ts'
import { scheduled, schedules } from './schedules.ts'
import { statefulWebSockets } from './stateful-web-sockets.ts'
import { streams } from './streams.ts'
import { topics } from './topics.ts'
import { webSockets } from './web-sockets.ts'

/** `process.env`, which every runtime has. */
const variables = () => (globalThis as { process?: { env?: Record<string, string> } }).process?.env

/** An app that shows what a runtime does with requests, and lets a client ask for any response. */
export default defineApp({
  name: 'parity-probe',
  limits: requestLimits({ bodyBytes: 1024 ** 2 }),
  resources: { work, feed: topic(), store: kv(), notes: kv() },
  schedules,
  consumers: { work: consume },
  setup: ({ resources }) =>
    new Hono<{ Bindings: Readonly<Record<string, unknown>> }>()
      .get('/', (c) => c.text('hello'))
      .route('/response', responses)
      .route('/request', requests)
      .route('/error', errors)
      .route('/fault', faults)
      .route('/stream', streams)
      .route('/fetch', fetches)
      .route('/flow', flows)
      .route('/background', background)
      .route('/queue', queues(resources.work))
      .route('/schedule', scheduled(resources.store))
      .route('/notes', notes(resources.notes))
      .route('/topic', topics(resources.feed))
      .route('/ws', webSockets)
      .route('/ws-state', statefulWebSockets(resources.feed))
      .route('/runtime', runtime)
      .get('/env', (c) =>
        c.json({
          greeting: c.env['GREETING'],
          none: c.env['NOT_THERE'] ?? null,
          process: variables()?.['GREETING'] ?? null,
        }),
      )
      .get('/client', (c) => c.json(typeof clientAddress(c)))
      .get('/client/address', (c) => c.json(clientAddress(c) ?? null))
      .get('/id', (c) => c.text(requestId(c)))
      .route('/logs', logs)
      .get('/log/:text', (c) => {
        logger(c).info(c.req.param('text'))
        return c.body(null, 204)
      }),
})
