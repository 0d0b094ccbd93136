import {
  type App,
  type CountingKv,
  createLogger,
  defineApp,
  type FetchHandler,
  kv,
  topic,
} from '@mooring/core'
import {
  atomicKvCases,
  caseQueue,
  consumeCase,
  countingKvCases,
  type KvCase,
  kvCases,
  queueCases,
  topicCases,
} from '@mooring/core/testing'
import { type Context, Hono } from 'hono'
import { answerCase } from '../../core/test/cases.ts'

/** What stores do, wherever they are. */
export const storeCases: readonly KvCase<CountingKv>[] = [
  ...kvCases,
  ...atomicKvCases,
  ...countingKvCases,
]

/** Stores, queues and topics of every driver, in one process. */
const driversApp: App = defineApp({
  name: 'drivers',
  resources: {
    memoryStore: kv({ counting: true }),
    fileStore: kv({ counting: true }),
    redisStore: kv({ counting: true, optional: true }),
    fileQueue: caseQueue(),
    memoryTopic: topic(),
    redisTopic: topic({ optional: true }),
  },
  consumers: { fileQueue: consumeCase },
  setup: ({ resources }) => {
    const { memoryStore, fileStore, redisStore, fileQueue, memoryTopic, redisTopic } = resources
    const app = new Hono()
    app.get('/fileQueue/:index', (c: Context) => answerCase(c, queueCases, fileQueue))
    for (const [name, store] of Object.entries({ memoryStore, fileStore, redisStore })) {
      if (store) app.get(`/${name}/:index`, (c: Context) => answerCase(c, storeCases, store))
    }
    for (const [name, found] of Object.entries({ memoryTopic, redisTopic })) {
      if (found) app.get(`/${name}/:index`, (c: Context) => answerCase(c, topicCases, found))
    }
    return app
  },
})

/** The apps of the shared suites. */
export type SuiteApp =
  | 'calling'
  | 'drivers'
  | 'fed'
  | 'queues'
  | 'schedules'
  | 'static'
  | 'stateful-web-sockets'
  | 'web-sockets'

/** Each is loaded where it is asked for. */
const apps: Readonly<Record<SuiteApp, () => Promise<App | FetchHandler>>> = {
  calling: async () => (await import('../../core/test/service/apps.ts')).callingApp,
  drivers: async () => driversApp,
  fed: async () => (await import('../../core/test/web-sockets/topic-app.ts')).fedApp,
  queues: async () => (await import('../../core/test/queues/app.ts')).queueApp,
  schedules: async () =>
    tellingAdapter((await import('../../core/test/schedules/app.ts')).scheduleApp),
  static: async () =>
    (await import('../../core/test/static/app.ts')).staticApp(process.env['BASE']!),
  'stateful-web-sockets': async () =>
    (await import('../../core/test/web-sockets/stateful-app.ts')).app,
  'web-sockets': async () => (await import('../../core/test/web-sockets/app.ts')).app,
}

/** The app, whose log tells the name of the adapter that boots it. */
function tellingAdapter(app: App): App {
  return {
    ...app,
    boot(target) {
      const { name, write } = target.adapter
      createLogger(write).info('booting', { adapter: name })
      return app.boot(target)
    },
  }
}

/** The app that `APP` names. */
export function suiteApp(): Promise<App | FetchHandler> {
  return apps[process.env['APP'] as SuiteApp]()
}
