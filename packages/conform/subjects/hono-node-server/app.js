import { Hono } from 'hono'
import { stream } from 'hono/streaming'
import { setTimeout as wait } from 'node:timers/promises'

const app = new Hono()
app.get('/', (c) => c.text('Hello Hono!'))
app.get('/__conform/slow', async (c) => {
  await wait(Number(c.req.query('ms')))
  return c.text('slow')
})
app.get('/__conform/block', (c) => {
  for (const end = Date.now() + Number(c.req.query('ms')); Date.now() < end;);
  return c.text('blocked')
})
app.get('/__conform/stream', (c) =>
  stream(c, async (out) => {
    const chunk = new Uint8Array(Number(c.req.query('bytes'))).fill(120)
    for (let left = Number(c.req.query('chunks')); left > 0 && !out.aborted; left--) {
      await wait(Number(c.req.query('ms')))
      await out.write(chunk)
    }
  }),
)
app.post('/__conform/echo', async (c) => c.body(await c.req.arrayBuffer()))
app.get('/__conform/throw', async (c) => {
  const kind = c.req.query('kind')
  const fault = new Error('conform-secret')
  if (kind === 'late') {
    void Promise.reject(fault)
    return c.text('late')
  }
  if (kind !== 'after') throw fault
  let pulls = 0
  const body = new ReadableStream({
    pull: (out) => (pulls++ === 0 ? out.enqueue(new Uint8Array(4)) : out.error(fault)),
  })
  return c.body(body)
})
app.get('/__conform/header', (c) => c.text('header', 200, { 'X-Value': c.req.query('value') }))
app.get('/__conform/log', (c) => {
  console.log('asked')
  return c.text('logged')
})
app.get('/__conform/backing', async (c) => {
  const response = await fetch(process.env.BACKING_URL)
  return c.text(await response.text())
})

export default app
