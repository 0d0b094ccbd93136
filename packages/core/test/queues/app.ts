import { type App, defineApp, type MooringError, queue } from '@mooring/core'
import { caseQueue, consumeCase, queueCases } from '@mooring/core/testing'
import { Hono } from 'hono'
import { z } from 'zod'
import { answerCase } from '../cases.ts'

/** What a test sends. */
export interface WorkMessage {
  readonly key: string
  /** How long its handling takes. */
  readonly sleepMs?: number | undefined
  /** How many attempts fail. */
  readonly failures?: number | undefined
}

const message: z.ZodType<WorkMessage> = z.object({
  key: z.string(),
  sleepMs: z.number().optional(),
  failures: z.number().optional(),
})

/** An app with queues, for the tests of each adapter: its log says what was handled. */
export const queueApp: App = defineApp({
  name: 'queues',
  resources: {
    cases: caseQueue(),
    work: queue({ message, maxRetries: 1, retryDelayMs: 100, concurrency: 4 }),
  },
  consumers: {
    cases: consumeCase,
    work: async ({ key, sleepMs = 0, failures = 0 }, { attempt, log }) => {
      log.info('began', { key, attempt })
      await new Promise((resolve) => setTimeout(resolve, sleepMs))
      if (attempt <= failures) throw new Error('on purpose')
      log.info('handled', { key, attempt })
    },
  },
  setup: ({ resources: { cases, work } }) =>
    new Hono()
      .get('/cases/:index', (c) => answerCase(c, queueCases, cases))
      .post('/work', async (c) => {
        const messages: WorkMessage[] = await c.req.json()
        await Promise.all(messages.map((each) => work.send(each)))
        return c.body(null, 202)
      })
      .onError((error, c) => {
        const { code, message: text } = error as MooringError
        return c.json({ code, text }, 500)
      }),
})
