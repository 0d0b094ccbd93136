import { MooringError, type Queue, queue } from '@mooring/core'
import { Hono } from 'hono'

/** Work that must complete, so many of whose attempts fail. */
interface Work {
  readonly name: string
  readonly failures: number
}

/** What a schema library makes of `{ name: string, failures: number }`. */
const message = {
  '~standard': {
    version: 1,
    vendor: 'parity-probe',
    validate(value: unknown) {
      const { name, failures } = (value ?? {}) as Partial<Work>
      if (typeof name === 'string' && typeof failures === 'number') {
        return { value: { name, failures } }
      }
      return { issues: [{ message: 'expected a name and a number' }] }
    },
    types: undefined as { readonly input: Work; readonly output: Work } | undefined,
  },
} as const

/** The queue of this app: one retry, after a second. */
export const work = queue({ message, maxRetries: 1 })

/** Which attempts there were. Pure data: an isolate may forget it, and then says so. */
const attempts = new Map<string, readonly number[]>()

export async function consume(
  { name, failures }: Work,
  { attempt }: { readonly attempt: number },
): Promise<void> {
  attempts.set(name, [...(attempts.get(name) ?? []), attempt])
  // What has no text cannot be written down as the reason.
  if (attempt <= failures && name === 'odd') throw Object.create(null)
  if (attempt <= failures) throw new Error(`${name} failed`)
}

/** What is sent to a queue, and what became of it. */
export const queues = (sent: Queue<Work>): Hono =>
  new Hono()
    .post('/send/:name/:failures', async (c) => {
      const { name, failures } = c.req.param()
      await sent.send({ name, failures: Number(failures) })
      return c.body(null, 202)
    })
    .post('/later/:name/:delayMs', async (c) => {
      const { name, delayMs } = c.req.param()
      await sent.send({ name, failures: 0 }, { delayMs: Number(delayMs) })
      return c.body(null, 202)
    })
    .post('/wrong', async (c) => {
      await sent.send({ name: 'no number' } as Work)
      return c.body(null, 202)
    })
    .get('/attempts/:name', (c) => c.json(attempts.get(c.req.param('name')) ?? []))
    .onError((error, c) => {
      if (error instanceof MooringError) return c.json([error.code, error.why], 400)
      throw error
    })
