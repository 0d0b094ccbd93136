import type { Writable } from 'node:stream'

/**
 * Ends the process once what was logged has been read. Pipes are asynchronous: `process.exit` alone
 * would throw away what their reader has not taken yet.
 *
 * @param limitMs how long that may take
 */
export async function exitFlushed(code: number, limitMs: number): Promise<void> {
  const unread = [process.stdout, process.stderr].filter((stream) => stream.writableLength > 0)
  if (unread.length === 0) process.exit(code)
  setTimeout(() => process.exit(code), limitMs)
  await Promise.all(unread.map(flushed))
  process.exit(code)
}

/** Also when there is no reader any more. */
function flushed(stream: Writable): Promise<void> {
  return new Promise((resolve) => {
    stream.once('error', () => resolve())
    stream.write('', () => resolve())
  })
}
