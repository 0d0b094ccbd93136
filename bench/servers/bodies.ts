/** What the streams of all servers are made of: 1 MB in 16 pieces. */
export const pieces = 16
export const piece: Uint8Array<ArrayBuffer> = new Uint8Array(65_536).fill(97)

/** One event a second. */
export const eventMs = 1_000
export const event: Uint8Array<ArrayBuffer> = new TextEncoder().encode(
  'data: {"id":42,"clicks":17}\n\n',
)

export function streamOfPieces(): ReadableStream<Uint8Array> {
  let left = pieces
  return new ReadableStream({
    pull(controller) {
      controller.enqueue(piece)
      left -= 1
      if (left === 0) controller.close()
    },
  })
}

export function streamOfEvents(): ReadableStream<Uint8Array> {
  let timer: NodeJS.Timeout
  return new ReadableStream({
    start(controller) {
      timer = setInterval(() => controller.enqueue(event), eventMs)
    },
    cancel: () => clearInterval(timer),
  })
}
