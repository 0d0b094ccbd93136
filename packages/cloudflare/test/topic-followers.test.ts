import { DatabaseSync } from 'node:sqlite'
import { expect, test } from 'vitest'
import { TopicFollowers } from '../src/topic-followers.ts'

test('while a retry has no answer, no alarm is set for at once', async () => {
  const database = new DatabaseSync(':memory:')
  database.exec('CREATE TABLE messages (number INTEGER); INSERT INTO messages VALUES (1)')
  const alarms: number[] = []
  const storage = {
    sql: {
      exec: (query: string, ...values: unknown[]) =>
        database.prepare(query).all(...(values as number[])) as Record<string, string | number>[],
    },
    getAlarm: async () => null,
    setAlarm: async (atMs: number) => void alarms.push(atMs),
  }
  const silent = { fetch: () => new Promise<Response>(() => {}) }
  const env = { WEB_SOCKETS: { idFromString: (id: string) => id, get: () => silent } }
  const since = () => ({ messages: [{ type: 'message', id: 'a-1', text: '' }], last: 1 }) as const
  const followers = new TopicFollowers(storage, env, since)
  followers.add('b', 0)
  database.exec('UPDATE follower_objects SET failures = 1, at_ms = 1')
  void followers.tell()
  await expect.poll(() => alarms.length).toBe(1)

  const nowMs = Date.now()
  await followers.tell()
  expect(alarms.length).toBeGreaterThan(1)
  expect(Math.min(...alarms.slice(1))).toBeGreaterThan(nowMs)
})
