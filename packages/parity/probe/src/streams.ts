import { Hono } from 'hono'
import { streamSSE, streamText } from 'hono/streaming'

const wait = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms))

/** How streams that were begun have ended, by the name that the client gave. */
const ended = new Map<string, string>()

/** Responses that take their time. */
export const streams: Hono = new Hono()
  .get('/text/:count', (c) =>
    streamText(c, async (stream) => {
      for (let index = 0; index < Number(c.req.param('count')); index += 1) {
        await stream.write(`${index}\n`)
        await stream.sleep(2)
      }
    }),
  )
  .get('/events/:count', (c) =>
    streamSSE(c, async (stream) => {
      for (let index = 0; index < Number(c.req.param('count')); index += 1) {
        await stream.writeSSE({ id: String(index), event: 'tick', data: `tick ${index}` })
        await stream.sleep(2)
      }
    }),
  )
  .get('/late/:ms', (c) =>
    streamText(c, async (stream) => {
      await stream.sleep(Math.min(Number(c.req.param('ms')), 3_000))
      await stream.write('late')
    }),
  )
  .get('/bytes/:count', (c) => {
    let left = Number(c.req.param('count'))
    const body = new ReadableStream<Uint8Array>({
      pull(controller) {
        const size = Math.min(left, 16_384)
        left -= size
        if (size > 0) controller.enqueue(new Uint8Array(size).fill(97))
        else controller.close()
      },
    })
    return new Response(body)
  })
  .get('/endless/:name', (c) => {
    const name = c.req.param('name')
    ended.set(name, 'open')
    const body = new ReadableStream<Uint8Array>(
      {
        async pull(controller) {
          await wait(2)
          controller.enqueue(new TextEncoder().encode('data: tick\n\n'))
        },
        cancel() {
          ended.set(name, 'cancelled')
        },
      },
      { highWaterMark: 0 },
    )
    return new Response(body, { headers: { 'Content-Type': 'text/event-stream' } })
  })
  .get('/ended/:name', (c) => c.text(ended.get(c.req.param('name')) ?? 'unknown'))
  .get(
    '/none',
    () => new Response(new ReadableStream({ start: (controller) => controller.close() })),
  )
  .get('/slow-head', async (c) => {
    await wait(50)
    return c.text('slow')
  })
  .post('/echo', (c) => new Response(c.req.raw.body))
  .post('/upper', (c) => {
    const upper = new TransformStream<Uint8Array, Uint8Array>({
      transform(chunk, controller) {
        // Byte by byte: a chunk may end within a character.
        controller.enqueue(chunk.map((byte) => (byte >= 97 && byte <= 122 ? byte - 32 : byte)))
      },
    })
    return new Response(c.req.raw.body?.pipeThrough(upper))
  })
