import { describe, expect, test } from 'vitest'
import { atomicKvCases, kvCases } from '../testing/kv-cases.ts'
import { countingKvCases } from '../testing/kv-counting-cases.ts'
import { createMemoryKv } from './kv-memory.ts'

describe('the store in memory', () => {
  const kv = createMemoryKv()

  test.each([...kvCases, ...atomicKvCases, ...countingKvCases])('$name', async ({ run }) => {
    await run(kv)
  })

  test('shares nothing with another one', async () => {
    await kv.put('mine', 'value')
    expect(await createMemoryKv().get('mine')).toBeUndefined()
  })
})
