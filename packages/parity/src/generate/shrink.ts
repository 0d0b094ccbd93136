import type { Generated } from './request.ts'
import type { Sequence } from './sequence.ts'

/** Every sequence that is a little smaller, the boldest cuts first. */
function smaller(sequence: Sequence): readonly Sequence[] {
  const fewer = sequence.length > 1 ? sequence.map((_, index) => sequence.toSpliced(index, 1)) : []
  const simpler = sequence.flatMap((request, index) =>
    simplerRequests(request, index > 0).map((candidate) => sequence.with(index, candidate)),
  )
  return [...fewer, ...simpler]
}

/** Every request that is a little smaller than one. */
function simplerRequests(request: Generated, isLater: boolean): readonly Generated[] {
  const { method, segments, query, fields, body, framing, connection } = request
  const candidates: Generated[] = []
  const less = (change: Partial<Generated>) => candidates.push({ ...request, ...change })
  if (connection === 'pipelined' || (isLater && connection === 'new')) less({ connection: 'kept' })
  if (fields.length > 1) less({ fields: [] })
  if (query.length > 1) less({ query: [] })
  if (body !== '') less({ body: '', framing: 'length' })
  if (typeof framing === 'object') {
    less({ framing: 'length' })
    for (const index of framing.keys()) {
      // The last takes what the others leave.
      if (index < framing.length - 1) less({ framing: framing.toSpliced(index, 1) })
    }
  }
  for (const index of fields.keys()) less({ fields: fields.toSpliced(index, 1) })
  for (const index of query.keys()) less({ query: query.toSpliced(index, 1) })
  for (const index of segments.keys()) {
    if (segments.length > 1) less({ segments: segments.toSpliced(index, 1) })
  }
  const plain = 'x'.repeat(body.length)
  if (body !== plain) less({ body: plain })
  if (body === '' && framing === 'length') less({ framing: 'none' })
  if (method !== 'GET' && body === '') less({ method: 'GET', framing: 'none' })
  return candidates
}

/** Something of a sequence that has a size. */
interface Part {
  readonly size: number
  /** The smallest that it can have. */
  readonly least: number
  readonly cut: (size: number) => Sequence
}

/** All that has one: bodies, chunks but the last, and the texts of fields, queries and segments. */
function partsOf(sequence: Sequence): readonly Part[] {
  return sequence.flatMap((request, at) => {
    const { body, framing, fields, query, segments } = request
    const replaced = (change: Partial<Generated>) => sequence.with(at, { ...request, ...change })
    const texts = (of: 'fields' | 'query' | 'segments', list: readonly string[]) =>
      list.map((text, index): Part => {
        // A field keeps its name.
        const least = of === 'fields' ? text.indexOf(':') + 1 : of === 'query' ? 0 : 1
        const cut = (size: number) => replaced({ [of]: list.with(index, text.slice(0, size)) })
        return { size: text.length, least, cut }
      })
    const chunks = typeof framing === 'object' ? framing.slice(0, -1) : []
    return [
      {
        size: body.length,
        least: 0,
        cut: (size: number) => replaced({ body: body.slice(0, size) }),
      },
      ...chunks.map((size, index) => ({
        size,
        least: 1,
        cut: (less: number) =>
          replaced({ framing: (framing as readonly number[]).with(index, less) }),
      })),
      ...texts('fields', fields),
      ...texts('query', query),
      ...texts('segments', segments),
    ]
  })
}

/** What is left of a failure that was made small. */
export interface Shrunk<Failure> {
  readonly sequence: Sequence
  /** What came of it the last time. */
  readonly failure: Failure
}

/**
 * The smallest sequence that still fails, found by making it smaller for as long as one does: first
 * fewer requests, then simpler ones, then shorter texts, whose sizes are halved towards the smallest.
 *
 * @param failureOf what fails in a candidate; `undefined` where nothing does
 * @param most how many are tried. @default 400
 */
export async function shrink<Failure>(
  first: Shrunk<Failure>,
  failureOf: (candidate: Sequence) => Promise<Failure | undefined>,
  most: number = 400,
): Promise<Shrunk<Failure>> {
  let smallest = first
  let tried = 0

  /** Whether a candidate fails too, and is kept. */
  async function fails(sequence: Sequence): Promise<boolean> {
    if (tried === most) return false
    tried += 1
    const failure = await failureOf(sequence)
    if (failure !== undefined) smallest = { sequence, failure }
    return failure !== undefined
  }

  async function isSimpler(): Promise<boolean> {
    for (const candidate of smaller(smallest.sequence)) if (await fails(candidate)) return true
    return false
  }

  async function isShorter(): Promise<boolean> {
    for (const { size, least, cut } of partsOf(smallest.sequence)) {
      let [passing, failing] = [least - 1, size]
      while (failing - passing > 1) {
        const middle = Math.floor((passing + failing) / 2)
        if (await fails(cut(middle))) failing = middle
        else passing = middle
      }
      if (failing < size) return true
    }
    return false
  }

  while ((await isSimpler()) || (await isShorter()));
  return smallest
}
