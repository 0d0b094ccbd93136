import { describe, expect, test } from 'vitest'
import { readPageHead } from './page-head.ts'

const url = new URL('https://example.com/a/page')

async function* pieces(...texts: string[]): AsyncGenerator<string> {
  yield* texts
}

const head = (...texts: string[]) => readPageHead(pieces(...texts), url)

describe('the title', () => {
  test('is decoded and put on one line', async () => {
    const { title } = await head('<title>\n  Fish &amp; Chips\n  &#8211; &eacute;\t</title>')
    expect(title).toBe('Fish & Chips – é')
  })

  test('is whole when it arrives in pieces', async () => {
    const { title } = await head('<ti', 'tle>one &am', 'p; two</ti', 'tle>')
    expect(title).toBe('one & two')
  })

  test('is the first one, and not that of a picture', async () => {
    expect((await head('<title>a</title><title>b</title>')).title).toBe('a')
    const picture = '<body><svg><title>picture</title></svg>'
    expect((await head(picture)).title).toBeNull()
  })

  test('may hold what looks like a tag', async () => {
    expect((await head('<title>a <b> c</title>')).title).toBe('a <b> c')
  })

  test('is that of the card where the page has none', async () => {
    const meta = '<meta property="og:title" content="From the card">'
    expect((await head(`${meta}<title> </title>`)).title).toBe('From the card')
    expect((await head(`${meta}<title>own</title>`)).title).toBe('own')
  })

  test('is not looked for in comments and scripts', async () => {
    const text = '<!-- <title>no</title> --><script>"<title>no</title>"</script><title>yes</title>'
    expect((await head(text)).title).toBe('yes')
  })

  test('is cut at 300 characters, between whole ones', async () => {
    const { title } = await head(`<title>${'😀'.repeat(400)}</title>`)
    expect([...title!]).toHaveLength(300)
    expect(title).toMatch(/^😀+…$/u)
  })
})

describe('the icon', () => {
  test.each([
    ['<link rel="icon" href="/i.png">', 'https://example.com/i.png'],
    ['<link rel="SHORTCUT ICON" href="i.ico">', 'https://example.com/a/i.ico'],
    ['<base href="/b/"><link rel="icon" href="i.png">', 'https://example.com/b/i.png'],
    ['<link rel="icon" href="//cdn.example/i.png">', 'https://cdn.example/i.png'],
    ['<link rel="apple-touch-icon" href="/t.png">', 'https://example.com/t.png'],
    ['<link rel="stylesheet" href="/s.css">', 'https://example.com/favicon.ico'],
    ['<link rel="icon" href="data:image/png;base64,AAAA">', 'https://example.com/favicon.ico'],
    ['<link rel="icon" href="javascript:alert(1)">', 'https://example.com/favicon.ico'],
    ['<title>none</title>', 'https://example.com/favicon.ico'],
  ])('of %s', async (text, icon) => {
    expect((await head(text)).icon).toBe(icon)
  })

  test('that scales comes before one that does not, and both before that of a home screen', async () => {
    const touch = '<link rel="apple-touch-icon" href="/t.png">'
    const png = '<link rel="icon" href="/i.png">'
    const svg = '<link rel="icon" href="/i.svg" type="image/svg+xml">'
    expect((await head(touch + png + svg)).icon).toBe('https://example.com/i.svg')
    expect((await head(touch + png)).icon).toBe('https://example.com/i.png')
  })
})

test('reads no further than the head', async () => {
  let read = 0
  async function* page(): AsyncGenerator<string> {
    for (const text of ['<title>a</title>', '<body>', 'more', 'and more']) {
      read++
      yield text
    }
  }
  await readPageHead(page(), url)
  expect(read).toBe(2)
})
