import type { Generated } from './request.ts'
import type { Sequence } from './sequence.ts'

/** Every sequence that is a little smaller, the boldest cuts first. */
function smaller(sequence: Sequence): readonly Sequence[] {
  const fewer = sequence.length > 1 ? sequence.map((_, index) => sequence.toSpliced(index, 1)) : []
  const simpler = sequence.flatMap((request, index) =>
    simplerRequests(request).map((candidate) => sequence.with(index, candidate)),
  )
  return [...fewer, ...simpler]
}

/** Every request that is a little smaller than one. */
function simplerRequests(request: Generated): readonly Generated[] {
  const { method, segments, query, fields, body, framing, connection } = request
  const candidates: Generated[] = []
  const less = (change: Partial<Generated>) => candidates.push({ ...request, ...change })
  if (connection === 'pipelined') less({ connection: 'kept' })
  if (fields.length > 1) less({ fields: [] })
  if (query.length > 1) less({ query: [] })
  if (body !== '') less({ body: '', framing: 'length' })
  if (typeof framing === 'object') {
    less({ framing: 'length' })
    if (framing.length > 1) less({ framing: [body.length] })
  }
  for (const part of [2, 4, 16, 256]) {
    const cut = Math.floor(body.length / part)
    if (cut > 0) less({ body: body.slice(0, body.length - cut) })
  }
  if (body.length > 1) less({ body: body.slice(0, -1) })
  for (const index of fields.keys()) less({ fields: fields.toSpliced(index, 1) })
  for (const index of query.keys()) less({ query: query.toSpliced(index, 1) })
  for (const index of segments.keys()) {
    if (segments.length > 1) less({ segments: segments.toSpliced(index, 1) })
    if (segments[index]!.length > 1) {
      less({ segments: segments.with(index, segments[index]!.slice(0, -1)) })
    }
  }
  if (body === '' && framing === 'length') less({ framing: 'none' })
  if (method !== 'GET' && body === '') less({ method: 'GET', framing: 'none' })
  return candidates
}

/** What is left of a failure that was made small. */
export interface Shrunk<Failure> {
  readonly sequence: Sequence
  /** What came of it the last time. */
  readonly failure: Failure
}

/**
 * The smallest sequence that still fails, found by making it smaller for as long as one does: first
 * fewer requests, then simpler ones.
 *
 * @param failureOf what fails in a candidate; `undefined` where nothing does
 * @param most how many are tried. @default 200
 */
export async function shrink<Failure>(
  first: Shrunk<Failure>,
  failureOf: (candidate: Sequence) => Promise<Failure | undefined>,
  most: number = 200,
): Promise<Shrunk<Failure>> {
  let smallest = first
  let tried = 0
  for (let found = true; found;) {
    found = false
    for (const candidate of smaller(smallest.sequence)) {
      if (tried === most) return smallest
      tried += 1
      const failure = await failureOf(candidate)
      if (failure !== undefined) {
        smallest = { sequence: candidate, failure }
        found = true
        break
      }
    }
  }
  return smallest
}
