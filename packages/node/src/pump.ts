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
  let isFull = false
  let goOn: (() => void) | undefined
  const onDrain = () => {
    isFull = false
    goOn?.()
  }
  const onClose = () => {
    void reader.cancel().catch(() => {})
    onDrain()
  }
  if (reply.destroyed) return onClose()
  reply.once('close', onClose)
  // One for all pieces: putting it on and off costs about as much as to write a piece.
  reply.on('drain', onDrain)
  reply.writeHead(status, headers)
  // With what is there at once in one write. A client of an event stream waits for the head.
  const flush = setImmediate(() => reply.flushHeaders())
  try {
    for (let read = await reader.read(); !read.done;) {
      clearImmediate(flush)
      isFull = !reply.write(read.value) && !reply.destroyed
      // Before what is written is taken: the end goes out with the last piece.
      read = await reader.read()
      if (isFull && !read.done) await new Promise<void>((resolve) => (goOn = resolve))
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
