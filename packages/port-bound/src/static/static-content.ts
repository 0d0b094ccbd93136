import { createHash } from 'node:crypto'
import { createReadStream, openSync, type Stats, statSync } from 'node:fs'
import { readFile, stat } from 'node:fs/promises'
import { Readable } from 'node:stream'
import type { ByteRange } from './static-conditions.ts'

/** The bytes of a file, as they were when the folder was listed. */
export interface Content {
  readonly file: string
  readonly size: number
  /** `undefined` where it has been replaced since: nothing is known of what it holds now. */
  readonly etag: string | undefined
  /** Of a small file; a large one is read when it is asked for. */
  readonly bytes: Uint8Array<ArrayBuffer> | undefined
  /** By what a large one tells that it has been replaced. */
  readonly version?: string
}

/** The largest file that is held in memory, and the most that all of them take there. */
const mostEachBytes = 256 * 1024
const mostBytes = 8 * 1024 ** 2

const held = new WeakSet<ArrayBufferLike>()

/** Whether these are bytes of a file that is held: nobody changes them. */
export function isHeld(bytes: Uint8Array): boolean {
  return held.has(bytes.buffer)
}

/** Reads files for their tags. Small ones are held: reading one again costs more than sending it. */
export function createContentReader(): (file: string) => Promise<Content> {
  let heldBytes = 0
  return async (file) => {
    const stats = await stat(file)
    const { size } = stats
    if (size > mostEachBytes || heldBytes + size > mostBytes) {
      const hash = createHash('sha256')
      for await (const chunk of createReadStream(file)) hash.update(chunk as Buffer)
      const etag = tagOf(hash.digest('hex'))
      return { file, size, etag, bytes: undefined, version: versionOf(stats) }
    }
    const bytes = await readFile(file)
    heldBytes += bytes.length
    held.add(bytes.buffer)
    const etag = tagOf(createHash('sha256').update(bytes).digest('hex'))
    return { file, size: bytes.length, etag, bytes }
  }
}

/** Of the content: every process and every machine has the same. */
function tagOf(hash: string): string {
  return `"${hash.slice(0, 32)}"`
}

function versionOf({ ino, size, mtimeMs }: Stats): string {
  return `${ino} ${size} ${mtimeMs}`
}

/** What there is now of a file: itself, what has replaced it, or nothing. */
export function current<Of extends Content>(content: Of): Of | undefined {
  if (content.bytes) return content
  const stats = statSync(content.file, { throwIfNoEntry: false })
  if (!stats?.isFile()) return undefined
  const version = versionOf(stats)
  if (version === content.version) return content
  return { ...content, size: stats.size, etag: undefined, version }
}

/** What a response of a part of a file, or of all of it, has as its body. */
export function bodyOf({ file, bytes }: Content, { from, to }: ByteRange): BodyInit {
  if (bytes) return from === 0 && to === bytes.length - 1 ? bytes : bytes.subarray(from, to + 1)
  // Opened at once: what replaces it from here on is not seen.
  const stream = createReadStream(file, { fd: openSync(file, 'r'), start: from, end: to })
  return Readable.toWeb(stream) as ReadableStream<Uint8Array>
}
