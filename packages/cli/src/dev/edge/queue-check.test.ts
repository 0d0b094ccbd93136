import { expect, test } from 'vitest'
import { checkQueues } from './queue-check.ts'

const producing = { name: 'a', queueProducers: { MAILS: { queueName: 'mails' } } }
const check = (...workers: object[]) => checkQueues(workers as never)

test('a queue that another Worker consumes is whole', () => {
  const consuming = { queueConsumers: { mails: { deadLetterQueue: 'dead' } } }
  expect(check(producing, consuming)).toEqual([])
})

test('one that nobody consumes is told with what to add', () => {
  expect(check(producing)).toEqual([
    expect.stringMatching(/"mails" \(binding MAILS\)\. Add .*"dead_letter_queue": "mails-dead"/),
  ])
})

test('a consumer without a dead letter queue is told, and one of dead letters needs none', () => {
  const dropping = { queueConsumers: { mails: {} } }
  expect(check(producing, dropping)).toEqual([expect.stringContaining('is dropped by the queue')])
  const both = { queueConsumers: { mails: { deadLetterQueue: 'dead' }, dead: {} } }
  expect(check(producing, both)).toEqual([])
})
