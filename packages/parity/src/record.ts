import { appendFileSync, statSync, writeFileSync } from 'node:fs'
import { type AddressInfo, connect, createServer } from 'node:net'
import { once } from 'node:events'
import { rejectOnAbort } from './abort.ts'
import { UsageError } from './arguments.ts'
import type { Target } from './targets/target.ts'
import { parseResponse, valuesOf, type WireResponse } from './wire/response.ts'

/** What is kept of an answer that has not ended; a longer one is not written down. */
const limitBytes = 1_000_000

/** Fields that are about a connection or a moment: a case without them holds longer. */
const leftOut = new Set(['connection', 'date', 'keep-alive', 'transfer-encoding'])

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
      const text = isRecorded ? asCase(`recorded ${count + 1}`, sent, response) : undefined
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
    client.on('end', () => upstream.end())
    upstream.on('end', () => client.end())
    // A body that only the end of the connection ends, and a stream that the client leaves.
    upstream.on('close', () => {
      if (isRecorded) write(true)
    })
    client.on('close', () => upstream.destroy())
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

/** What went over the wire, as a person would write it down. */
function asCase(
  name: string,
  sent: Buffer,
  { status, reason, fields, body, complete }: WireResponse,
): string | undefined {
  const events = body.toString('latin1').split('\n\n').length - 1
  const isEvents = valuesOf(fields, 'content-type').some((type) =>
    type.startsWith('text/event-stream'),
  )
  // Of an answer that was cut off only whole events can be asked for again.
  if (!complete && !(isEvents && events > 0)) return undefined
  const text = sent.toString('utf8')
  const isPlain = Buffer.from(text).equals(sent) && !text.replaceAll('\r\n', '').includes('\r')
  const request = isPlain
    ? text.replaceAll('\r\n', '\n').trimEnd()
    : `@raw {{hex ${sent.toString('hex')}}}\n`
  const head = fields
    .filter((field) => !leftOut.has(field.name.toLowerCase()))
    .map((field) => `${field.name}: ${Buffer.from(field.value, 'latin1').toString('utf8')}`)
  const content = body.toString('utf8')
  const isText =
    Buffer.from(content).equals(body) && !/[\r\0]/.test(content) && content.length < 10_000
  const shown = body.length === 0 ? '(empty)' : isText ? content.replace(/^\n+|\n+$/g, '') : ''
  const directive = complete ? '' : `@events ${events}\n`
  const answer = complete ? `\n\n${shown}` : ''
  return `### ${name}\n${directive}${request}\n\nHTTP/1.1 ${status} ${reason}\n${head.join('\n')}${answer}\n\n`
}
