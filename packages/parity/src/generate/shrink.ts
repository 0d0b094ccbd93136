import type { Generated } from './request.ts'

/** Every request that is a little smaller, the boldest cuts first. */
function smaller(request: Generated): readonly Generated[] {
  const { segments, query, fields, body, chunks } = request
  const candidates: Generated[] = []
  const less = (change: Partial<Generated>) => candidates.push({ ...request, ...change })
  if (fields.length > 1) less({ fields: [] })
  if (query.length > 1) less({ query: [] })
  if (body !== '') less({ body: '', chunks: [] })
  if (chunks.length > 0) less({ chunks: [] })
  if (body.length > 1) less({ body: body.slice(0, body.length >> 1), chunks: [] })
  for (const index of fields.keys()) less({ fields: fields.toSpliced(index, 1) })
  for (const index of query.keys()) less({ query: query.toSpliced(index, 1) })
  for (const index of segments.keys()) {
    if (segments.length > 1) less({ segments: segments.toSpliced(index, 1) })
    if (segments[index]!.length > 1) {
      less({ segments: segments.with(index, segments[index]!.slice(0, -1)) })
    }
  }
  if (request.method !== 'GET' && body === '') less({ method: 'GET' })
  return candidates
}

/**
 * The smallest request that still fails, found by making it smaller for as long as one does.
 *
 * @param most how many are tried. @default 200
 */
export async function shrink(
  request: Generated,
  fails: (candidate: Generated) => Promise<boolean>,
  most: number = 200,
): Promise<Generated> {
  let smallest = request
  let tried = 0
  for (let found = true; found;) {
    found = false
    for (const candidate of smaller(smallest)) {
      if (tried === most) return smallest
      tried += 1
      if (await fails(candidate)) {
        smallest = candidate
        found = true
        break
      }
    }
  }
  return smallest
}
