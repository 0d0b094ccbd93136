import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { failureOf } from './bundler.ts'

const folder = mkdtempSync(path.join(tmpdir(), 'mooring-config-'))
afterAll(() => rmSync(folder, { recursive: true }))

/** What is told of an error that Wrangler throws, with the lines and columns that it is about. */
function told(source: string, error: object, name = 'wrangler.jsonc') {
  const file = path.join(folder, name)
  writeFileSync(file, source)
  const { of, messages } = failureOf({ cause: error }, file)
  const shown = path.relative(process.cwd(), file)
  return {
    of,
    messages: messages.map(({ text, location }) => [
      text.replaceAll(shown, name),
      location && `${location.line}:${location.column}`,
    ]),
  }
}

test('a file that cannot be parsed: what was expected there', () => {
  const error = { text: 'InvalidSymbol', location: { line: 2, column: 2, lineText: '  main: 1' } }
  expect(told('{\n  main: 1 }', error)).toEqual({
    of: 'configuration',
    messages: [['Expected a value, or a name in double quotes.', '2:2']],
  })
})

test('fields with another value than Wrangler expects, each with its place', () => {
  const message = `Processing wrangler.jsonc configuration:
  - Expected "name" to be of type string but got 5.
  - "kv_namespaces[0]" bindings should have a string "binding" field but got {"id":"x"}.
  - Required field "absent".`
  const messages = [
    ['Expected "name" to be of type string but got 5.', '1:2'],
    [expect.stringContaining('"kv_namespaces[0]" bindings'), '2:1'],
    ['wrangler.jsonc: Required field "absent".', null],
  ]
  const source = '{ "name": 5,\n "kv_namespaces": [{ "id": "x" }] }'
  expect(told(source, { message })).toEqual({ of: 'configuration', messages })
  const toml = told('  name = 5\n\n [[kv_namespaces]]\nid = "x"', { message }, 'wrangler.toml')
  expect(toml.messages.map(([, place]) => place)).toEqual(['1:2', '3:1', null])
})

test('an entry file that is named and missing, and none that is named', () => {
  const named = { message: 'The entry-point file at "src/w.ts" was not found.\n\nThis might mean' }
  const { of, messages } = told('{\n "main": "src/w.ts" }', named)
  expect([of, messages[0]?.[1]]).toEqual(['code', '2:1'])
  expect(messages[0]?.[0]).toMatch(/src\/w\.ts is missing; wrangler\.jsonc names it as "main"\.$/)

  const unnamed = { message: 'Missing entry-point to Worker script or to assets directory\n\nIf' }
  expect(told('{}', unnamed)).toMatchObject({
    of: 'configuration',
    messages: [[expect.stringMatching(/^wrangler\.jsonc has no "main"\. Expected/), null]],
  })
})

test('what is about something else is told as it is', () => {
  const error = { message: 'out of memory' }
  expect(failureOf(error, path.join(folder, 'wrangler.jsonc'))).toEqual({
    of: 'code',
    messages: [],
    text: 'out of memory',
  })
})
