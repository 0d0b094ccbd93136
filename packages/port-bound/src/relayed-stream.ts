type Bytes = Uint8Array<ArrayBuffer>
type Reader = Pick<ReadableStreamDefaultReader<Bytes>, 'read' | 'cancel'>

interface RelayOptions {
  /** A read that has been begun already. */
  readonly first?: ReturnType<Reader['read']>
  /** Called when nobody reads any more. */
  readonly cancelled?: () => void
}

/** A stream of what a reader reads. It reads nothing ahead. */
export function relayedStream(reader: Reader, options: RelayOptions = {}): ReadableStream<Bytes> {
  const { cancelled } = options
  let { first } = options
  return new ReadableStream(
    {
      async pull(controller) {
        const { done, value } = await (first ?? reader.read())
        first = undefined
        if (done) controller.close()
        else controller.enqueue(value)
      },
      cancel(reason) {
        cancelled?.()
        return reader.cancel(reason)
      },
    },
    { highWaterMark: 0 },
  )
}
