import { Readable } from 'node:stream'

/** A body that is there as a whole. */
export type Source = string | Uint8Array | Blob

const sources = new WeakMap<ReadableStream, Source>()

/** Remembers what a stream was made of. */
export function setSource(stream: ReadableStream, source: Source): void {
  sources.set(stream, source)
}

/**
 * What a stream was made of. A middleware that copies a response has its stream only; what comes of
 * it has a length, as on Workers, and needs no reading.
 *
 * @returns `undefined` where that is not known, or somebody has begun to read the stream
 */
export function sourceOf(stream: ReadableStream): Source | undefined {
  const source = sources.get(stream)
  return source === undefined || Readable.isDisturbed(stream as never) ? undefined : source
}
