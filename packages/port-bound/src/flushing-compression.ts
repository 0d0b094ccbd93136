import type { Gzip } from 'node:zlib'

/** What compresses, and hands on each chunk as far as it goes; loaded by whoever uses it. */
function createZip(format: CompressionFormat): Gzip | undefined {
  const zlib = process.getBuiltinModule('node:zlib')
  const options = { flush: zlib.constants.Z_SYNC_FLUSH }
  if (format === 'gzip') return zlib.createGzip(options) as Gzip
  if (format === 'deflate') return zlib.createDeflate(options) as unknown as Gzip
  if (format === 'deflate-raw') return zlib.createDeflateRaw(options) as unknown as Gzip
  return undefined
}

/**
 * Makes the global CompressionStream one that hands on what it was given before it waits for more, as
 * Deno's does: a runtime's own keeps it until some 16 KB are there, so that a slow stream behind a
 * middleware that compresses, as `hono/compress`, would come at its end. The standard leaves it open
 * (Compression Standard §4).
 */
export function useFlushingCompression(): void {
  const Native = globalThis.CompressionStream

  class FlushingCompressionStream {
    readonly readable: ReadableStream
    readonly writable: WritableStream

    constructor(format: CompressionFormat) {
      const zip = createZip(format)
      const { readable, writable } = zip ? streamOf(zip) : new Native(format)
      this.readable = readable
      this.writable = writable
    }
  }
  Object.defineProperty(FlushingCompressionStream, 'name', { value: 'CompressionStream' })
  Object.defineProperty(globalThis, 'CompressionStream', {
    value: FlushingCompressionStream,
    writable: true,
    configurable: true,
  })
}

function streamOf(zip: Gzip): TransformStream<BufferSource, Uint8Array> {
  // Its type does not know `cancel` yet.
  const transformer: Transformer<BufferSource, Uint8Array> & { readonly cancel: () => void } = {
    start(controller) {
      zip.on('data', (bytes: Buffer) => controller.enqueue(new Uint8Array(bytes)))
      zip.on('error', (error) => controller.error(error))
    },
    transform: (chunk) =>
      new Promise((resolve, reject) => {
        zip.write(bytesOf(chunk), (error) => (error ? reject(error) : resolve()))
      }),
    flush: () =>
      new Promise((resolve, reject) => {
        zip.once('end', resolve).once('error', reject).end()
      }),
    cancel: () => void zip.destroy(),
  }
  return new TransformStream(transformer)
}

/** @throws TypeError where it is none (Compression Standard §5) */
function bytesOf(chunk: BufferSource): Uint8Array {
  if (chunk instanceof ArrayBuffer) return new Uint8Array(chunk)
  if (ArrayBuffer.isView(chunk)) {
    return new Uint8Array(chunk.buffer, chunk.byteOffset, chunk.byteLength)
  }
  throw new TypeError('A chunk is neither an ArrayBuffer nor a view of one')
}
