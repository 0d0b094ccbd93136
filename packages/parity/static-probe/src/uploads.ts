import { type Context, Hono } from 'hono'

const wait = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms))

/** Uploads that go on: a client has said so on another connection. */
const released = new Set<string>()

/** Once for each time that a client has said so. */
async function isReleased(c: Context): Promise<void> {
  while (!released.delete(c.req.param('name')!)) await wait(5)
}

/** What came of an upload that broke off. */
const broken = new Map<string, string>()

const readerOf = (c: Context) => c.req.raw.body!.getReader()

/** How much is left to read. */
async function sizeOf(reader: ReadableStreamDefaultReader<Uint8Array>): Promise<number> {
  let bytes = 0
  for (;;) {
    const { done, value } = await reader.read()
    if (done) return bytes
    bytes += value.length
  }
}

/** The answer begins, and what is read later is its end. */
function answerOf(c: Context): ReadableStream<Uint8Array> {
  const reader = readerOf(c)
  const text = (of: unknown) => new TextEncoder().encode(`${String(of)}\n`)
  return new ReadableStream({
    start: (controller) => controller.enqueue(text('begun')),
    async pull(controller) {
      await isReleased(c)
      controller.enqueue(text(await sizeOf(reader)))
      controller.close()
    },
  })
}

/** Bodies that are read late, in part, or not at all. */
export const uploads: Hono = new Hono()
  .post('/release/:name', (c) => {
    released.add(c.req.param('name'))
    return c.body(null, 204)
  })
  .post('/waiting/:name', async (c) => {
    await isReleased(c)
    return c.json(await sizeOf(readerOf(c)))
  })
  .post('/paused/:name', async (c) => {
    const reader = readerOf(c)
    const { value } = await reader.read()
    await isReleased(c)
    return c.json(value!.length + (await sizeOf(reader)))
  })
  .post('/unread/:name', async (c) => {
    await isReleased(c)
    return c.text('not read')
  })
  .post('/part/:name', async (c) => {
    await readerOf(c).read()
    await isReleased(c)
    return c.text('read in part')
  })
  .post('/cancelled/:name', async (c) => {
    const reader = readerOf(c)
    await reader.read()
    await reader.cancel()
    await isReleased(c)
    return c.text('cancelled')
  })
  .post('/broken/:how/:name', async (c) => {
    const { how, name } = c.req.param()
    const read = how === 'text' ? c.req.text() : sizeOf(readerOf(c))
    const came = await read.then(String, (error: unknown) =>
      error instanceof Error ? error.name : 'no Error',
    )
    broken.set(name, came)
    return c.text(came)
  })
  .get('/broken/:name', (c) => c.text(broken.get(c.req.param('name')) ?? 'nothing'))
  .post('/thrown/:when', async (c) => {
    const reader = readerOf(c)
    if (c.req.param('when') === 'later') await reader.read()
    throw new Error('on purpose')
  })
  .post('/answering/:name', (c) => new Response(answerOf(c)))
