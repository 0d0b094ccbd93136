import { expect, test } from 'vitest'
import { messageEvent } from './message-event.ts'

test('a message is a MessageEvent, whatever is asked of it', () => {
  const event = messageEvent('hello')
  const real = new MessageEvent('message', { data: 'hello' })
  expect(event).toBeInstanceOf(MessageEvent)
  expect(event).toBeInstanceOf(Event)
  expect(event.data).toBe('hello')
  for (const name of [
    'type',
    'origin',
    'lastEventId',
    'source',
    'target',
    'bubbles',
    'isTrusted',
  ]) {
    expect([name, Reflect.get(event, name)]).toEqual([name, Reflect.get(real, name)])
  }
  expect([event.ports, event.timeStamp]).toEqual([[], expect.any(Number)])
  expect(event.constructor).toBe(MessageEvent)
  expect(String(event)).toBe(String(real))
  event.cancelBubble = true
  expect(event.cancelBubble).toBe(true)
  expect(event.composedPath()).toEqual([])
  expect(event.preventDefault()).toBeUndefined()
})
