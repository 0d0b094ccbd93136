import { createMemoryKv } from '@mooring/core/adapter'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { createIdempotency, idempotencyKey } from './idempotency.ts'
import { createLinkStore, type Seed } from './link-store.ts'

describe('the key', () => {
  test.each([
    ['"8e03978e-40d5-43dd-bc93-6894a57f9324"', '8e03978e-40d5-43dd-bc93-6894a57f9324'],
    ['8e03978e-40d5-43dd-bc93-6894a57f9324', '8e03978e-40d5-43dd-bc93-6894a57f9324'],
    ['"with space, and comma"', 'with space, and comma'],
    [String.raw`"a\"b\\c"`, String.raw`a"b\c`],
    ['x'.repeat(255), 'x'.repeat(255)],
  ])('of %s', (header, key) => {
    expect(idempotencyKey(header)).toBe(key)
  })

  test.each(['', '""', '"a', 'a b', 'a,b', '"a" "b"', '"é"', String.raw`"\a"`, 'x'.repeat(256)])(
    'cannot be %j',
    (header) => {
      expect(() => idempotencyKey(header)).toThrow(
        expect.objectContaining({ kind: 'invalid-idempotency-key' }),
      )
    },
  )

  test('need not be', () => {
    expect(idempotencyKey(undefined)).toBeUndefined()
  })
})

describe('once', () => {
  beforeEach(() => {
    vi.useFakeTimers({ toFake: ['Date'] })
  })
  afterEach(() => {
    vi.useRealTimers()
  })

  test('does the work for the first request and replays it for the next', async () => {
    const { once } = createIdempotency(createMemoryKv())
    const work = vi.fn<() => Promise<{ n: number }>>(async () => ({ n: 1 }))
    expect(await once('k', 'p', work)).toEqual({ value: { n: 1 }, replayed: false })
    expect(await once('k', 'p', work)).toEqual({ value: { n: 1 }, replayed: true })
    expect(work).toHaveBeenCalledTimes(1)
    expect(await once('other', 'p', work)).toMatchObject({ replayed: false })
  })

  test('refuses the key for something else, done or not', async () => {
    const { once } = createIdempotency(createMemoryKv())
    const reused = expect.objectContaining({ kind: 'idempotency-key-reused' })
    const first = once('k', 'p', async () => {
      await expect(once('k', 'q', async () => 1)).rejects.toThrow(reused)
    })
    await first
    await expect(once('k', 'q', async () => 1)).rejects.toThrow(reused)
  })

  test('tells a duplicate that the first is not done', async () => {
    const { once } = createIdempotency(createMemoryKv())
    let finish: ((value: number) => void) | undefined
    const work = vi.fn<() => Promise<number>>(() => new Promise((resolve) => (finish = resolve)))
    const first = once('k', 'p', work)
    await vi.waitFor(() => expect(work).toHaveBeenCalled())
    await expect(once('k', 'p', work)).rejects.toMatchObject({
      kind: 'request-in-progress',
      options: { headers: { 'Retry-After': '1' } },
    })
    finish!(1)
    expect(await first).toEqual({ value: 1, replayed: false })
    expect(work).toHaveBeenCalledTimes(1)
  })

  test('works for one of many that come at the same time', async () => {
    const { once } = createIdempotency(createMemoryKv())
    const work = vi.fn<() => Promise<number>>(async () => 1)
    const outcomes = await Promise.allSettled(
      Array.from({ length: 20 }, () => once('k', 'p', work)),
    )
    expect(work).toHaveBeenCalledTimes(1)
    const kindsOf = outcomes.map((outcome) =>
      outcome.status === 'fulfilled' ? `made ${outcome.value.value}` : outcome.reason.kind,
    )
    expect(kindsOf).toContain('made 1')
    expect(kindsOf.filter((kind) => kind !== 'made 1')).toEqual(
      kindsOf.filter((kind) => kind === 'request-in-progress'),
    )
  })

  test('forgets a failure, so that it can be tried again', async () => {
    const { once } = createIdempotency(createMemoryKv())
    const fail = async () => {
      throw new Error('no')
    }
    await expect(once('k', 'p', fail)).rejects.toThrow('no')
    expect(await once('k', 'p', async () => 2)).toEqual({ value: 2, replayed: false })
  })

  test('goes on with the same seed where a process died over it', async () => {
    const store = createMemoryKv()
    const { once } = createIdempotency(store)
    const seeds: Seed[] = []
    void once('k', 'p', (seed) => {
      seeds.push(seed)
      return new Promise(() => {})
    })
    await vi.waitFor(() => expect(seeds).toHaveLength(1))
    await expect(once('k', 'p', async () => 1)).rejects.toMatchObject({
      kind: 'request-in-progress',
    })
    vi.advanceTimersByTime(31_000)
    await once('k', 'p', async (seed) => void seeds.push(seed))
    expect(seeds[1]).toEqual(seeds[0])
  })

  test('forgets a key after 24 hours', async () => {
    const { once } = createIdempotency(createMemoryKv())
    await once('k', 'p', async () => 1)
    vi.advanceTimersByTime(86_400_000)
    expect(await once('k', 'q', async () => 2)).toEqual({ value: 2, replayed: false })
  })

  test('makes one link of two requests, even where the store cannot decide their race', async () => {
    const store = createMemoryKv()
    const undecided = {
      ...store,
      atomic: false,
      putIfAbsent: async (...args: Parameters<typeof store.putIfAbsent>) => {
        await store.put(...args)
        return true
      },
    }
    const links = createLinkStore(undecided, 30)
    const { once } = createIdempotency(undecided)
    const create = () =>
      once('k', 'p', (seed) => links.create({ url: 'https://example.com/' }, seed))
    const [first, second] = await Promise.all([create(), create()])
    expect(second.value.slug).toBe(first.value.slug)
    expect((await links.page(10, undefined)).links).toHaveLength(1)
  })
})
