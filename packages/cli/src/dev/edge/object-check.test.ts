import { expect, test } from 'vitest'
import { checkObjects, exportLine } from './object-check.ts'

const bindings = [{ name: 'FEED', class_name: 'TopicObject' }]
const check = (migrations: object[], more: object = {}) => {
  const durable_objects = { bindings: [{ ...bindings[0]!, ...more }] }
  return checkObjects({ durable_objects, migrations } as never)
}

test('a class with a migration is whole, and so is one of another Worker, or by another name once', () => {
  expect(check([{ tag: 'v1', new_sqlite_classes: ['TopicObject'] }])).toEqual([])
  expect(check([], { script_name: 'other' })).toEqual([])
  const renamed = { tag: 'v2', renamed_classes: [{ from: 'Old', to: 'TopicObject' }] }
  expect(check([{ tag: 'v1', new_sqlite_classes: ['Old'] }, renamed])).toEqual([])
  const own = { class_name: 'Room' }
  expect(check([{ tag: 'v1', new_classes: ['Room'] }], own)).toEqual([])
})

test('a class without a migration is told with the line, and so is one that was deleted', () => {
  const told = [
    expect.stringMatching(
      /"TopicObject" \(binding FEED\) is declared nowhere.*"migrations": \[.*\{ "tag": "TopicObject", "new_sqlite_classes": \["TopicObject"\] \}\]$/,
    ),
  ]
  expect(check([])).toEqual(told)
  const deleted = { tag: 'v2', deleted_classes: ['TopicObject'] }
  expect(check([{ tag: 'v1', new_sqlite_classes: ['TopicObject'] }, deleted])).toEqual(told)
})

test('a class under exports is whole, and one that is missing there is told with its line', () => {
  const durable_objects = { bindings }
  const entry = { type: 'durable-object', storage: 'sqlite' }
  const whole = { durable_objects, migrations: [], exports: { TopicObject: entry } }
  expect(checkObjects(whole as never)).toEqual([])
  const gone = { type: 'durable-object', state: 'deleted' }
  const missing = { durable_objects, migrations: [], exports: { Room: entry, TopicObject: gone } }
  expect(checkObjects(missing as never)).toEqual([
    expect.stringContaining(
      '"TopicObject": { "type": "durable-object", "storage": "sqlite" } under',
    ),
  ])
})

test('a class of Mooring without SQLite is told', () => {
  const messages = check([{ tag: 'v1', new_classes: ['TopicObject'] }])
  expect(messages).toEqual([expect.stringContaining('needs its storage in SQLite')])
})

test('the line for an entry names the classes that Mooring has', () => {
  const text = (names: string) =>
    `Your Worker depends on the following Durable Objects, which are not exported in your entrypoint file: ${names}.\nYou should export these objects from your entrypoint, src/worker.ts.`
  const line = "export { TopicObject, WebSocketObject } from '@mooring/cloudflare'"
  expect(exportLine(text('TopicObject, Room, WebSocketObject'))).toBe(line)
  expect(exportLine(text('Room'))).toBe(undefined)
  expect(exportLine('anything else')).toBe(undefined)
})
