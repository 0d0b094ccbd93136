import { appendFileSync, writeFileSync } from 'node:fs'
import { type AddressInfo, connect, createServer } from 'node:net'
import { once } from 'node:events'
import type { Target } from './targets/target.ts'
import { parseResponse, type WireResponse } from './wire/response.ts'

/** Fields that are about a connection or a moment: a case without them holds longer. */
const leftOut = new Set(['connection', 'date', 'keep-alive', 'transfer-encoding'])

/**
 * Starts a target behind a proxy that writes each request and its response down as a case, until it is
 * stopped (SIGINT, SIGTERM).
 *
 * @param ends what stops it is added to it
 */
export async function record(
  target: Target,
  file: string,
  ends: (() => Promise<void>)[],
): Promise<never> {
  const running = await target.start()
  ends.push(running.stop)
  writeFileSync(file, '')
  let count = 0
  const server = createServer((client) => {
    const upstream = connect(running.address)
    let sent = Buffer.alloc(0)
    let received = Buffer.alloc(0)
    client.on('error', () => upstream.destroy())
    upstream.on('error', () => client.destroy())
    client.on('data', (chunk: Buffer) => {
      sent = Buffer.concat([sent, chunk])
      upstream.write(chunk)
    })
    client.on('end', () => upstream.end())
    upstream.on('end', () => client.end())
    upstream.on('data', (chunk: Buffer) => {
      received = Buffer.concat([received, chunk])
      // One request at a time: what a client pipelines is one case.
      const parsed = tryParse(received, sent)
      if (parsed) {
        count += 1
        appendFileSync(file, asCase(`recorded ${count}`, sent, parsed.response))
        received = received.subarray(parsed.length)
        sent = Buffer.alloc(0)
      }
      client.write(chunk)
    })
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  process.stderr.write(`recording http://127.0.0.1:${port} to ${file}; end with Ctrl+C\n`)
  return new Promise<never>(() => {})
}

function tryParse(received: Buffer, sent: Buffer): ReturnType<typeof parseResponse> {
  try {
    return parseResponse(received, sent.toString('latin1').split(' ', 1)[0]!, false)
  } catch {
    return undefined
  }
}

/** What went over the wire, as a person would write it down. */
function asCase(
  name: string,
  sent: Buffer,
  { status, reason, fields, body }: WireResponse,
): string {
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
  return `### ${name}\n${request}\n\nHTTP/1.1 ${status} ${reason}\n${head.join('\n')}\n\n${shown}\n\n`
}
