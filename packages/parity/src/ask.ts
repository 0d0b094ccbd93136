import type { RequestStep } from './cases/case.ts'
import { type Observation, observe, observeNothing } from './observation.ts'
import { type Address, type Connection, open } from './wire/connection.ts'
import { NotHttpError, parseResponse } from './wire/response.ts'

/** Until a whole response has come. */
const answerMs = 15_000

/** A connection that was idle for longer may be closed at the moment in which it is used. */
const idleMs = 2_000

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

  function hangUp(): void {
    kept?.close()
    kept = undefined
    hasSentAhead = false
  }

  async function connection(fresh: boolean): Promise<Connection> {
    const isIdle = performance.now() - usedAtMs > idleMs
    if (fresh || isIdle || (kept && kept.ending() !== 'open')) hangUp()
    return (kept ??= await open(address))
  }

  return {
    async ask(step, ahead) {
      // What is only read comes on the connection of the step before.
      const ending = kept?.ending() ?? 'closed'
      if (step.bytes.length === 0 && ending !== 'open')
        return observeNothing(`connection ${ending}`)
      const isSent = kept !== undefined && hasSentAhead
      const on = isSent ? kept! : await connection(step.newConnection)
      const bytes = [...(isSent ? [] : [step.bytes]), ...(ahead ? [ahead] : [])]
      if (bytes.some(({ length }) => length > 0)) on.send(Buffer.concat(bytes))
      hasSentAhead = ahead !== undefined
      const seen = await read(on, step)
      usedAtMs = performance.now()
      if (seen.get('connection') !== 'open') hangUp()
      return seen
    },
    hangUp,
  }
}

async function read(on: Connection, step: RequestStep): Promise<Observation> {
  const { method, events, abortAfterBytes, waitMs = answerMs } = step
  const deadline = performance.now() + waitMs
  for (;;) {
    const ending = on.ending()
    if (abortAfterBytes !== undefined && on.pending().length >= abortAfterBytes) {
      on.close()
      return observeNothing('hung up')
    }
    const isOver = performance.now() >= deadline
    const enough = events !== undefined && eventsIn(on.pending()) >= events
    try {
      const parsed = parseResponse(on.pending(), method, ending !== 'open' || isOver || enough)
      if (parsed) {
        on.take(parsed.length)
        const { response } = parsed
        // What follows already tells that the connection has gone on.
        if (!enough) return observe(response, on.pending().length > 0 ? 'open' : on.ending())
        return observe(
          { ...response, body: firstEvents(response.body, events), complete: true },
          'closed',
        )
      }
    } catch (error) {
      if (error instanceof NotHttpError) return observeNothing(`no HTTP: ${error.message}`)
      throw error
    }
    if (ending !== 'open') return observeNothing(`connection ${ending}`)
    if (isOver) return observeNothing('no response')
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
