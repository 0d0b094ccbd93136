import mime from 'mime'
import other from 'mime/types/other.js'
import standard from 'mime/types/standard.js'
import { expect, test } from 'vitest'
import { mediaTypeOf } from './media-type.ts'

test('every ending has the type that mime says', () => {
  const endings = Object.values({ ...other, ...standard }).flat()
  expect(endings.length).toBeGreaterThan(1_000)
  const names = endings.map((ending) => `/folder.d/file.${ending.replace('*', '')}`)
  const more = ['/a.HTML', '/a.b.json', '/.html', '/html', '/a.', '/a.nothing', '/a.js/file']
  for (const name of [...names, ...more]) {
    expect([name, mediaTypeOf(name)]).toEqual([name, mime.getType(name) ?? undefined])
  }
})
