import type { OutgoingHttpHeaders } from 'node:http'
import type { Reply } from './reply.ts'

/** Writes a stream as it comes, no faster than the client takes it. */
export async function pump(
  status: number,
  headers: OutgoingHttpHeaders,
  body: ReadableStream<Uint8Array>,
  reply: Reply,
): Promise<void> {
  const reader = body.getReader()
  const cancel = () => void reader.cancel().catch(() => {})
  if (reply.destroyed) return cancel()
  reply.once('close', cancel)
  reply.writeHead(status, headers)
  // With what is there at once in one write. A client of an event stream waits for the head.
  const flush = setImmediate(() => reply.flushHeaders())
  try {
    for (let read = await reader.read(); !read.done; read = await reader.read()) {
      clearImmediate(flush)
      if (!reply.write(read.value)) await drained(reply)
    }
    clearImmediate(flush)
    reply.end()
  } catch (error) {
    // One that is broken from the start has a head, and then is cut off.
    reply.flushHeaders()
    reply.destroy(error instanceof Error ? error : new Error(String(error)))
  }
  return undefined
}

function drained(reply: Reply): Promise<void> {
  return new Promise((resolve) => {
    const onDrain = () => {
      reply.off('drain', onDrain)
      reply.off('close', onDrain)
      resolve()
    }
    reply.on('drain', onDrain)
    reply.on('close', onDrain)
  })
}
