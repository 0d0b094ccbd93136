import type { Leaves, RequestStep } from './cases/case.ts'
import { contentOf, type Observation, observe, observeNothing } from './observation.ts'
import { type Address, type Connection, open } from './wire/connection.ts'
import { NotHttpError, parseResponse } from './wire/response.ts'
import { heldBack, startUpload, type Upload } from './wire/upload.ts'

/** Until a whole response has come. */
const answerMs = 15_000

/**
 * An event stream of which the case does not say how much to read is taken as it is when nothing came
 * for so long: it may have no end.
 */
const quietMs = 1_000

/** A connection that was idle for longer may be closed at the moment in which it is used. */
const idleMs = 2_000

/** What an exchange has left to a later step. */
interface Left {
  readonly on: Connection
  readonly method: string
  readonly upload: Upload | undefined
}

/** A client of one target: it keeps its connection for as long as it can be used. */
export interface Client {
  /** @param ahead bytes of the step that follows, which are sent together with those of this one */
  readonly ask: (step: RequestStep, ahead?: Buffer) => Promise<Observation>
  readonly hangUp: () => void
}

export function createClient(address: Address): Client {
  let kept: Connection | undefined
  let usedAtMs = 0
  let hasSentAhead = false
  let left: Left | undefined

  function drop(): void {
    kept?.close()
    kept = undefined
    hasSentAhead = false
  }

  /** A part of an exchange; the rest is for a later step. */
  async function begin(step: RequestStep, leaves: Leaves): Promise<Observation> {
    left?.on.close()
    const on = await open(address)
    left = { on, method: step.method, upload: undefined }
    if (leaves === 'unread') on.pause()
    on.send(step.bytes)
    if (leaves === 'unread') return observeNothing(leaves)
    if ('until' in leaves) return readUntil(on, step, leaves.until)
    const isChunked = /\r\ntransfer-encoding: *chunked/i.test(step.bytes.toString('latin1'))
    const upload = startUpload(on, leaves.upload, isChunked)
    left = { ...left, upload }
    return observeNothing(await upload.outcome())
  }

  async function finish(step: RequestStep): Promise<Observation> {
    if (!left) return observeNothing('nothing was left')
    const { on, method, upload } = left
    left = undefined
    on.resume()
    const seen = await read(on, { ...step, method })
    const outcome = await upload?.outcome()
    on.close()
    // Nobody reads any more, and the client is not told.
    return outcome === heldBack ? new Map([...seen, ['upload', outcome]]) : seen
  }

  async function connection(fresh: boolean): Promise<Connection> {
    const isIdle = performance.now() - usedAtMs > idleMs
    if (fresh || isIdle || (kept && kept.ending() !== 'open')) drop()
    return (kept ??= await open(address))
  }

  return {
    async ask(step, ahead) {
      if (step.leaves !== undefined) return begin(step, step.leaves)
      if (step.isRest) return finish(step)
      // What is only read comes on the connection of the step before.
      const isRead = step.bytes.length === 0
      const ending = kept?.ending() ?? 'closed'
      const hasCome = (kept?.pending().length ?? 0) > 0
      if (isRead && ending !== 'open' && !hasCome) return observeNothing(`connection ${ending}`)
      const isSent = kept !== undefined && hasSentAhead
      const on = isSent || isRead ? kept! : await connection(step.newConnection)
      const bytes = [...(isSent ? [] : [step.bytes]), ...(ahead ? [ahead] : [])]
      if (bytes.some(({ length }) => length > 0)) on.send(Buffer.concat(bytes))
      hasSentAhead = ahead !== undefined
      const seen = await read(on, step)
      usedAtMs = performance.now()
      if (seen.get('connection') !== 'open') drop()
      return seen
    },
    hangUp() {
      drop()
      left?.on.close()
      left = undefined
    },
  }
}

async function read(on: Connection, step: RequestStep): Promise<Observation> {
  const { method, events, abortAfterBytes, waitMs = answerMs } = step
  const deadline = performance.now() + waitMs
  const mayBeQuiet = events === undefined && step.waitMs === undefined
  let size = 0
  let quietFrom = deadline
  for (;;) {
    const ending = on.ending()
    if (on.pending().length !== size) {
      size = on.pending().length
      const isEvents = mayBeQuiet && isEventStream(on.pending())
      quietFrom = isEvents ? Math.min(performance.now() + quietMs, deadline) : deadline
    }
    if (abortAfterBytes !== undefined && on.pending().length >= abortAfterBytes) {
      on.close()
      return observeNothing('hung up')
    }
    const isOver = performance.now() >= quietFrom
    const enough = events !== undefined && eventsIn(on.pending()) >= events
    try {
      const parsed = parseResponse(on.pending(), method, ending !== 'open' || isOver || enough)
      if (parsed) {
        on.take(parsed.length)
        const { response } = parsed
        if (!response.complete && mayBeQuiet && ending === 'open' && !enough) {
          on.close()
          return new Map([...observe(response, ending), ['connection', 'closed']])
        }
        // What follows already tells that the connection has gone on.
        if (!enough) return observe(response, on.pending().length > 0 ? 'open' : on.ending())
        return observe(
          { ...response, body: firstEvents(response.body, events), complete: true },
          'closed',
        )
      }
    } catch (error) {
      if (!(error instanceof NotHttpError)) throw error
      return new Map([...observeNothing('no HTTP'), ['body', error.message]])
    }
    if (ending !== 'open') return observeNothing(`connection ${ending}`)
    if (isOver) return observeNothing('no response')
    await on.news(quietFrom - performance.now())
  }
}

/** Whether a head of one has come. */
function isEventStream(bytes: Buffer): boolean {
  const end = bytes.indexOf('\r\n\r\n')
  return end > 0 && /\r\ncontent-type: *text\/event-stream/i.test(bytes.toString('latin1', 0, end))
}

/** What has come when `text` is in the body; it stays where it is, for whoever reads the rest. */
async function readUntil(
  on: Connection,
  { method, waitMs = answerMs }: RequestStep,
  text: string,
): Promise<Observation> {
  const deadline = performance.now() + waitMs
  for (;;) {
    const { response } = parseResponse(on.pending(), method, true) ?? {}
    const content = response ? contentOf(response) : Buffer.alloc(0)
    const at = content.indexOf(text)
    if (response && at >= 0) {
      const begun = content.subarray(0, at + text.length)
      return observe({ ...response, complete: true }, on.ending(), begun)
    }
    if (on.ending() !== 'open') return observeNothing(`connection ${on.ending()}`)
    if (performance.now() >= deadline) return observeNothing('nothing more came')
    await on.news(deadline - performance.now())
  }
}

function eventsIn(bytes: Buffer): number {
  const head = bytes.indexOf('\r\n\r\n')
  return head < 0 ? 0 : bytes.toString('latin1', head + 4).split('\n\n').length - 1
}

function firstEvents(body: Buffer, count: number): Buffer {
  return Buffer.from(
    `${body.toString('latin1').split('\n\n').slice(0, count).join('\n\n')}\n\n`,
    'latin1',
  )
}
