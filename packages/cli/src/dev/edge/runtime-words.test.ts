import { expect, test } from 'vitest'
import { createRuntimeWords } from './runtime-words.ts'

const said =
  'e = rust/worker/ffi.rs:104: failed: failed to lookup address information: Name or service not known\n' +
  'stack: /bin/workerd@2b5edc0 /bin/workerd@3fe4230; sentryErrorContext = jsgInternalError; wdErrId = g764b'

test('what workerd says of an error is kept, and told with the error that refers to it', () => {
  const words = createRuntimeWords()
  expect(words.takes(said)).toBe(true)
  expect(words.takes('kj/async.c++:1: failed: x\nstack: /bin/workerd@2b5edc0')).toBe(true)
  const reason = 'failed to lookup address information: Name or service not known'
  expect(words.behind('Error: internal error; reference = g764b\n    at app.ts:1:2')).toBe(reason)
  expect(words.behind('Error: internal error; reference = other')).toBeUndefined()
  expect(words.behind('Error: mine')).toBeUndefined()
})

test.each(['Error: mine\n    at app.ts:1:2', 'e = 2.718', 'stack: a b', 'src/lib.rs:1: no'])(
  'what a Worker says is its own: %j',
  (line) => expect(createRuntimeWords().takes(line)).toBe(false),
)
