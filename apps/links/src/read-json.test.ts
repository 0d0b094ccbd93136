import { expect, test } from 'vitest'
import { readJson } from './read-json.ts'

const json = { 'Content-Type': 'application/json' }

const read = (body: BodyInit | null, headers: Record<string, string> = json) =>
  readJson(
    new Request('http://localhost/', {
      method: 'POST',
      body,
      headers,
      duplex: 'half',
    } as RequestInit),
    100,
  )

/** A body whose length nobody announces. */
function streamOf(...pieces: string[]): { body: ReadableStream; state: { cancelled: boolean } } {
  const state = { cancelled: false }
  const body = new ReadableStream(
    {
      pull(controller) {
        const piece = pieces.shift()
        if (piece === undefined) controller.close()
        else controller.enqueue(new TextEncoder().encode(piece))
      },
      cancel() {
        state.cancelled = true
      },
    },
    { highWaterMark: 0 },
  )
  return { body, state }
}

test.each([
  'application/json',
  'application/json; charset=utf-8',
  'application/json;charset="UTF-8"',
  'application/json; charset=utf8',
  'Application/JSON ;a=b',
])('reads %s', async (type) => {
  expect(await read('{"a":"é"}', { 'Content-Type': type })).toEqual({ a: 'é' })
})

test.each(['latin1', '"utf-16"', 'ISO-8859-1', '', 'utf-8x'])(
  'refuses JSON with the charset %s (RFC 8259 §8.1)',
  async (charset) => {
    const headers = { 'Content-Type': `application/json; Charset=${charset}` }
    await expect(read('{}', headers)).rejects.toMatchObject({
      kind: 'unsupported-media-type',
      message: expect.stringContaining('UTF-8'),
      options: { errors: [{ field: 'Content-Type' }] },
    })
  },
)

test('reads what arrives in pieces, up to the last byte allowed', async () => {
  const text = JSON.stringify('x'.repeat(98))
  expect(await read(streamOf(text.slice(0, 50), text.slice(50)).body)).toHaveLength(98)
})

test('counts the bytes that arrive, not the characters, and stops at too many', async () => {
  const { body, state } = streamOf('"', 'é'.repeat(50), '"', 'never read')
  await expect(read(body)).rejects.toMatchObject({ kind: 'body-too-large' })
  expect(state.cancelled).toBe(true)
})

test('refuses a length that is announced before anything is read', async () => {
  const { body, state } = streamOf('{}')
  const headers = { ...json, 'Content-Length': '101' }
  await expect(read(body, headers)).rejects.toMatchObject({ kind: 'body-too-large' })
  expect(state.cancelled).toBe(false)
})

test('does not believe a length that is too small', async () => {
  const headers = { ...json, 'Content-Length': '2' }
  await expect(read(streamOf('"', 'x'.repeat(200), '"').body, headers)).rejects.toMatchObject({
    kind: 'body-too-large',
  })
})

test.each(['', '{', '{"a":1,}', "{'a':1}", 'a=b'])('refuses %j as JSON', async (text) => {
  await expect(read(text)).rejects.toMatchObject({ kind: 'malformed-json' })
})

test('refuses what is not UTF-8', async () => {
  await expect(read(new Uint8Array([0x22, 0xe9, 0x22]))).rejects.toMatchObject({
    kind: 'malformed-json',
  })
})

test.each(['text/plain', 'application/x-www-form-urlencoded', 'application/jsonp', 'json'])(
  'refuses %s, and says what it takes',
  async (type) => {
    await expect(read('{}', { 'Content-Type': type })).rejects.toMatchObject({
      kind: 'unsupported-media-type',
      options: { headers: { Accept: 'application/json' } },
    })
  },
)

test('refuses a body without a type', async () => {
  await expect(read(new Uint8Array([0x7b, 0x7d]), {})).rejects.toMatchObject({
    kind: 'unsupported-media-type',
  })
})
