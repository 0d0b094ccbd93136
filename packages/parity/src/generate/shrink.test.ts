import { expect, test } from 'vitest'
import type { Generated } from './request.ts'
import type { Sequence } from './sequence.ts'
import { shrink } from './shrink.ts'

const large: Generated = {
  method: 'POST',
  segments: ['links', 'a%20b', 'x'],
  query: ['a=1', 'b'],
  fields: ['Accept: */*', 'X-Bad: 1', 'DNT: 1'],
  body: 'abc'.repeat(100),
  framing: [3, 297],
  connection: 'pipelined',
}

const smallest: Generated = {
  method: 'GET',
  segments: ['links'],
  query: [],
  fields: [],
  body: '',
  framing: 'none',
  connection: 'kept',
}

/** What is left of a sequence that fails where `isBad` finds it so. */
async function shrunk(sequence: Sequence, isBad: (of: Sequence) => boolean): Promise<Sequence> {
  const failureOf = async (candidate: Sequence) => (isBad(candidate) ? 'bad' : undefined)
  return (await shrink({ sequence, failure: 'first' }, failureOf)).sequence
}

test('a failing request is made as small as it can be and still fail', async () => {
  const isBad = (sequence: Sequence) =>
    sequence.some(
      ({ fields, segments }) =>
        fields.includes('X-Bad: 1') && segments.some((segment) => segment.includes('%20')),
    )
  expect(await shrunk([large], isBad)).toEqual([
    { ...smallest, segments: ['a%20'], fields: ['X-Bad: 1'] },
  ])
})

test('requests that have no part in it are left out, others stay in their order', async () => {
  const put = { ...large, method: 'PUT', connection: 'new' as const }
  const noise = { ...large, method: 'DELETE' }
  const isBad = (sequence: Sequence) => {
    const first = sequence.findIndex(({ method }) => method === 'PUT')
    return first >= 0 && sequence.slice(first + 1).some(({ method }) => method === 'POST')
  }
  const left = await shrunk([noise, put, noise, large], isBad)
  expect(left.map(({ method }) => method)).toEqual(['PUT', 'POST'])
  expect(left[0]).toMatchObject({ connection: 'new', body: '', fields: [] })
  expect(left[1]).toMatchObject({ connection: 'kept', body: '', fields: [], framing: 'none' })
})

test('a size that decides is found, and so are chunks that do', async () => {
  const body = 'x'.repeat(300_000)
  const isBad = ([{ body: sent, framing } = large]: Sequence) =>
    sent.length > 65_536 && typeof framing === 'object'
  const [left] = await shrunk([{ ...large, body, framing: [1, 300_000] }], isBad)
  expect(left!.body.length).toBeLessThan(66_000)
  expect(left!.framing).toHaveLength(1)
})

test('it is the last failure that is told, and the first where nothing smaller fails', async () => {
  const first = { sequence: [large, large], failure: 'of two' }
  const ofOne = async (candidate: Sequence) => (candidate.length === 1 ? 'of one' : undefined)
  expect(await shrink(first, ofOne, 1)).toMatchObject({ failure: 'of one' })
  expect(await shrink(first, async () => undefined)).toBe(first)
})

test('it tries no more often than it may', async () => {
  let tried = 0
  const failureOf = async () => {
    tried += 1
    return undefined
  }
  await shrink({ sequence: [large, large], failure: 'first' }, failureOf, 7)
  expect(tried).toBe(7)
})
