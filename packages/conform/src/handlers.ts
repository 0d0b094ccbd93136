// The handlers that some clauses need, for anything that answers requests with `fetch`. Web standards
// only, so that it runs wherever the app does.

const wait = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms))

/**
 * Answers what clauses ask for under `/__conform`, and `undefined` for every other request. For an
 * app that is held against the contract, never for one that is deployed: it blocks and fails on
 * demand.
 *
 * @param client what the app takes for the client's address
 * @example
 * const app = new Hono()
 * app.all('/__conform/*', (c) => conformHandlers(c.req.raw) ?? c.notFound())
 */
export function conformHandlers(
  request: Request,
  client = '',
): Response | Promise<Response> | undefined {
  const { pathname, searchParams } = new URL(request.url)
  const text = (name: string) => searchParams.get(name) ?? ''
  const number = (name: string) => Number(text(name))
  switch (pathname) {
    case '/__conform/slow':
      return wait(number('ms')).then(() => new Response('slow'))
    case '/__conform/block':
      for (const end = Date.now() + number('ms'); Date.now() < end;);
      return new Response('blocked')
    case '/__conform/stream':
      return new Response(pieces(number('chunks'), number('ms'), number('bytes')))
    case '/__conform/echo':
      return request.arrayBuffer().then((body) => new Response(body))
    case '/__conform/throw':
      return fail(text('kind'))
    case '/__conform/header':
      return new Response('header', { headers: { 'X-Value': text('value') } })
    case '/__conform/client':
      return new Response(`${client} ${request.url}`)
    case '/__conform/log':
      console.log('asked')
      return new Response('logged')
  }
  return undefined
}

/** So many chunks, with a pause before each; nothing is made that nobody asks for. */
function pieces(chunks: number, ms: number, bytes: number): ReadableStream<Uint8Array> {
  const chunk = new Uint8Array(bytes).fill(120)
  let left = chunks
  return new ReadableStream({
    async pull(out) {
      if (left-- <= 0) return out.close()
      if (ms > 0) await wait(ms)
      out.enqueue(chunk)
    },
  })
}

function fail(kind: string): Response | Promise<Response> {
  const fault = new Error('conform-secret')
  if (kind === 'sync') throw fault
  if (kind === 'late') {
    void Promise.reject(fault)
    return new Response('late')
  }
  if (kind !== 'after') return wait(1).then(() => Promise.reject(fault))
  let pulls = 0
  const pull = (out: ReadableStreamDefaultController) =>
    pulls++ === 0 ? out.enqueue(new Uint8Array(4)) : out.error(fault)
  return new Response(new ReadableStream({ pull }))
}
