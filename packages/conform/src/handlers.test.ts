import { expect, test } from 'vitest'
import { conformHandlers } from './handlers.ts'

const ask = async (path: string, init?: RequestInit) =>
  conformHandlers(new Request(`http://localhost/__conform/${path}`, init), '192.0.2.1')

test.each([
  ['slow?ms=1', 'slow'],
  ['block?ms=1', 'blocked'],
  ['stream?chunks=3&ms=1&bytes=2', 'xxxxxx'],
  ['log', 'logged'],
  ['header?value=a', 'header'],
  ['client', '192.0.2.1 http://localhost/__conform/client'],
])('%s answers %s', async (path, text) => {
  expect(await (await ask(path))?.text()).toBe(text)
})

test('echo answers with the body, and header sets the value', async () => {
  expect(await (await ask('echo', { method: 'POST', body: 'ab' }))?.text()).toBe('ab')
  expect((await ask('header?value=ab'))?.headers.get('x-value')).toBe('ab')
})

test.each(['sync', 'async'])('throw fails: %s', async (kind) => {
  await expect(ask(`throw?kind=${kind}`)).rejects.toThrow('conform-secret')
})

test('throw fails after its first bytes', async () => {
  const reader = (await ask('throw?kind=after'))!.body!.getReader()
  expect((await reader.read()).value).toHaveLength(4)
  await expect(reader.read()).rejects.toThrow('conform-secret')
})

test('everything else is left to the app', async () => {
  expect(await ask('no-such')).toBeUndefined()
  expect(conformHandlers(new Request('http://localhost/'))).toBeUndefined()
})
