import { appendFileSync, statSync, writeFileSync } from 'node:fs'
import { type AddressInfo, connect, createServer } from 'node:net'
import { once } from 'node:events'
import { rejectOnAbort } from './abort.ts'
import { UsageError } from './arguments.ts'
import { isEventStream, writeCase } from './cases/write.ts'
import type { Target } from './targets/target.ts'
import { parseResponse } from './wire/response.ts'

/** What is kept of an answer that has not ended; a longer one is not written down. */
const limitBytes = 1_000_000

/**
 * Starts a target behind a proxy that writes each request and its response down as a case, until it is
 * stopped (SIGINT, SIGTERM).
 *
 * @param ends what stops it is added to it
 * @param signal ends it
 * @throws {UsageError} where the file has something in it, or cannot be written
 */
export async function record(
  target: Target,
  file: string,
  ends: (() => Promise<void>)[],
  signal: AbortSignal,
): Promise<never> {
  if ((statSync(file, { throwIfNoEntry: false })?.size ?? 0) > 0) {
    throw new UsageError(`--record is "${file}", which has cases: name another file, or remove it`)
  }
  try {
    writeFileSync(file, '')
  } catch (error) {
    throw new UsageError(`--record is "${file}", which cannot be written: ${String(error)}`, {
      cause: error,
    })
  }
  const running = await target.start(signal)
  ends.push(running.stop)
  let count = 0
  const server = createServer((client) => {
    const upstream = connect(running.address)
    let sent = Buffer.alloc(0)
    let received = Buffer.alloc(0)
    let isRecorded = true

    function write(hasEnded: boolean): void {
      const parsed = tryParse(received, sent, hasEnded)
      if (!parsed) {
        if (received.length <= limitBytes) return
        isRecorded = false
        process.stderr.write(`not recorded: an answer of more than ${limitBytes} bytes\n`)
        return
      }
      const { response, length } = parsed
      // What follows it is no HTTP any more.
      isRecorded = response.status !== 101
      const text = isRecorded ? writeCase(`recorded ${count + 1}`, sent, response) : undefined
      if (text !== undefined) appendFileSync(file, text)
      if (text !== undefined) count += 1
      received = received.subarray(length)
      sent = Buffer.alloc(0)
    }
    client.on('error', () => upstream.destroy())
    upstream.on('error', () => client.destroy())
    client.on('data', (chunk: Buffer) => {
      if (isRecorded) sent = Buffer.concat([sent, chunk])
      upstream.write(chunk)
    })
    /** What the app still sends to a stream that its client leaves, nobody sees. */
    function leave(): void {
      const response = isRecorded ? tryParse(received, sent, true)?.response : undefined
      if (!response || response.complete || !isEventStream(response)) return
      write(true)
      isRecorded = false
    }
    client.on('end', () => {
      leave()
      upstream.end()
    })
    upstream.on('end', () => client.end())
    // A body that only the end of the connection ends.
    upstream.on('close', () => {
      if (isRecorded) write(true)
    })
    client.on('close', () => {
      leave()
      upstream.destroy()
    })
    upstream.on('data', (chunk: Buffer) => {
      client.write(chunk)
      if (!isRecorded) return
      received = Buffer.concat([received, chunk])
      // One request at a time: what a client pipelines is one case.
      write(false)
    })
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  process.stderr.write(`recording http://127.0.0.1:${port} to ${file}; end with Ctrl+C\n`)
  return rejectOnAbort(signal)
}

function tryParse(
  received: Buffer,
  sent: Buffer,
  hasEnded: boolean,
): ReturnType<typeof parseResponse> {
  try {
    return parseResponse(received, sent.toString('latin1').split(' ', 1)[0]!, hasEnded)
  } catch {
    return undefined
  }
}
