import { expect, test } from 'vitest'
import { createLatest } from './latest.ts'

const join = (earlier: string, later: string) => `${earlier}+${later}`
const never = (error: unknown) => {
  throw error
}

test('ending waits for what is being done, and drops what waits', async () => {
  const done: string[] = []
  const first = Promise.withResolvers<void>()
  const latest = createLatest<string>(
    async (order) => {
      if (order === 'a') await first.promise
      done.push(order)
    },
    join,
    never,
  )
  latest.order('a')
  latest.order('b')
  latest.order('c')
  first.resolve()
  await latest.end()
  expect(done).toEqual(['a'])
})

test('a newer order tells the one before to give up, and covers it', async () => {
  const done: string[] = []
  const finished = Promise.withResolvers<void>()
  const latest = createLatest<string>(
    async (order, signal) => {
      if (order === 'a') {
        await new Promise((resolve) => signal.addEventListener('abort', resolve))
        return
      }
      done.push(order)
      finished.resolve()
    },
    join,
    never,
  )
  latest.order('a')
  latest.order('b')
  latest.order('c')
  await finished.promise
  expect(done).toEqual(['a+b+c'])
})

test('work that throws is told, and the next order is worked on', async () => {
  const errors: unknown[] = []
  const latest = createLatest<string>(
    async (order) => {
      throw new Error(order)
    },
    join,
    (error) => errors.push(error),
  )
  latest.order('a')
  await latest.end()
  latest.order('b')
  await latest.end()
  expect(errors).toEqual([new Error('a'), new Error('b')])
})
