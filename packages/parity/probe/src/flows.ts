import { Hono } from 'hono'
import { compress } from 'hono/compress'

const wait = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms))

/** How much of a stream has been made. Pure data: an isolate may forget it, and then says so. */
interface Flow {
  readonly bytes: number
  made: number
  /** What had been made when somebody asked last, and how often it was the same. */
  seen: number
  same: number
}

const flowing = new Map<string, Flow>()
const released = new Set<string>()

const piece = new Uint8Array(16_384).fill(120)

/** A piece, where there is more to make. */
function next(flow: Flow): Uint8Array<ArrayBuffer> | undefined {
  if (flow.made >= flow.bytes) return undefined
  flow.made += piece.length
  return piece.slice()
}

/** Streams of many bytes, as apps make them. */
const makers: Readonly<Record<string, (flow: Flow) => ReadableStream<Uint8Array>>> = {
  pull: (flow) =>
    new ReadableStream({
      pull(controller) {
        const bytes = next(flow)
        if (bytes) controller.enqueue(bytes)
        else controller.close()
      },
    }),
  writer(flow) {
    const { readable, writable } = new TransformStream<Uint8Array, Uint8Array>()
    const writer = writable.getWriter()
    const write = async () => {
      for (let bytes = next(flow); bytes; bytes = next(flow)) await writer.write(bytes)
      await writer.close()
    }
    write().catch(() => {})
    return readable
  },
}

/** Two parts, the second when somebody has asked for it. */
function twoParts(name: string, parts: readonly [string, string]): ReadableStream<Uint8Array> {
  const left = parts.map((part) => new TextEncoder().encode(part))
  return new ReadableStream(
    {
      async pull(controller) {
        if (left.length === 1) while (!released.has(name)) await wait(5)
        const part = left.shift()
        if (part) controller.enqueue(part)
        else controller.close()
      },
    },
    { highWaterMark: 0 },
  )
}

/** Each part as a member of its own (RFC 1952 §2.2). */
function gzipParts(parts: ReadableStream<Uint8Array>): ReadableStream<Uint8Array> {
  const gzip = new TransformStream<Uint8Array, Uint8Array>({
    async transform(part, controller) {
      const body = new Blob([part.slice()]).stream().pipeThrough(new CompressionStream('gzip'))
      controller.enqueue(new Uint8Array(await new Response(body).arrayBuffer()))
    },
  })
  return parts.pipeThrough(gzip)
}

const types: Readonly<Record<string, string>> = { text: 'text/plain', events: 'text/event-stream' }

function partsOf(kind: string, name: string): ReadableStream<Uint8Array> {
  return twoParts(
    name,
    kind === 'events' ? ['data: first\n\n', 'data: second\n\n'] : ['first\n', 'second\n'],
  )
}

/** Streams that one side holds back, and those that go on when a client says so. */
export const flows: Hono = new Hono()
  .get('/down/:maker/:name/:bytes', (c) => {
    const { maker, name, bytes } = c.req.param()
    const flow: Flow = { bytes: Number(bytes), made: 0, seen: 0, same: 0 }
    flowing.set(name, flow)
    return new Response(makers[maker]!(flow))
  })
  .get('/made/:name', (c) => {
    const flow = flowing.get(c.req.param('name'))
    if (!flow) return c.text('not begun')
    flow.same = flow.made === flow.seen ? flow.same + 1 : 0
    flow.seen = flow.made
    if (flow.made >= flow.bytes) return c.text('all made')
    return c.text(flow.same < 5 ? 'going on' : flow.made > flow.bytes / 2 ? 'much' : 'held back')
  })
  .post('/release/:name', (c) => {
    released.add(c.req.param('name'))
    return c.body(null, 204)
  })
  .get('/plain/:kind/:name', (c) => {
    const { kind, name } = c.req.param()
    return new Response(partsOf(kind, name), { headers: { 'Content-Type': types[kind]! } })
  })
  .get('/compress/:kind/:name', compress({ threshold: 1 }), (c) => {
    const { kind, name } = c.req.param()
    return new Response(partsOf(kind, name), { headers: { 'Content-Type': types[kind]! } })
  })
  .get('/own/:kind/:name', (c) => {
    const { kind, name } = c.req.param()
    const headers = { 'Content-Type': types[kind]!, 'Content-Encoding': 'gzip' }
    return new Response(gzipParts(partsOf(kind, name)), { headers })
  })
  .get('/manual/:kind/:name', (c) => {
    const { kind, name } = c.req.param()
    const headers = { 'Content-Type': types[kind]!, 'Content-Encoding': 'gzip' }
    // Workers alone know it: what is compressed already is sent as it is.
    const init = { headers, encodeBody: 'manual' }
    return new Response(gzipParts(partsOf(kind, name)), init)
  })
