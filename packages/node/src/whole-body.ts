import type { Readable } from 'node:stream'

/** Reads a stream to its end. */
export function readStream(stream: Readable): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = []
    stream.on('data', (chunk: Buffer) => chunks.push(chunk))
    stream.once('end', () => resolve(chunks.length === 1 ? chunks[0]! : Buffer.concat(chunks)))
    stream.once('error', reject)
    const onClose = () => reject(stream.errored ?? new Error('the client went away'))
    // Without effect where it ended before.
    stream.once('close', onClose)
    if (stream.destroyed) onClose()
  })
}

/** What Fetch says of a body that has been read before. */
export const unusable = (): Error => new TypeError('Body is unusable: Body has already been read')
