import path from 'node:path'
import type { Message } from 'esbuild'
import { expect, test } from 'vitest'
import { explainMissing } from './missing-file.ts'

const at = (file: string): NonNullable<Message['location']> => ({
  file: path.resolve(file),
  namespace: '',
  line: 1,
  column: 0,
  length: 0,
  lineText: '',
  suggestion: '',
})

function explained(text: string, notes: readonly Message['notes'][number][] = []) {
  const mark = 'You can mark the path "x" as external to exclude it from the bundle'
  const told = explainMissing({
    id: '',
    pluginName: '',
    text,
    location: at('app/src/app.ts'),
    notes: [...notes, { text: mark, location: null }],
    detail: undefined,
  })
  return [told.text, ...told.notes.map((note) => note.text)]
}

test('a file is told with who imports it', () => {
  expect(explained('Could not resolve "../lib/x.ts"')).toEqual([
    'app/lib/x.ts is missing; app/src/app.ts imports it.',
  ])
})

test('a file that a package names is told, and the name of the package', () => {
  const note = {
    text: 'The module "./src/app.ts" was not found on the file system:',
    location: at('links/package.json'),
  }
  expect(explained('Could not resolve "links"', [note])).toEqual([
    'links/src/app.ts is missing; app/src/app.ts imports it as "links".',
  ])
})

test('a package that is nowhere is told, and one that is there in another way keeps its reason', () => {
  expect(explained('Could not resolve "left-pad"')).toEqual([
    'The package "left-pad" is not installed; app/src/app.ts imports it.',
  ])
  const note = { text: 'The path "./y" is not exported by package "x":', location: null }
  const text = 'Could not resolve "x/y"'
  expect(explained(text, [note])).toEqual([text, note.text])
})

test('every other message is left as it is', () => {
  expect(explained('Unexpected "="')[0]).toBe('Unexpected "="')
})
