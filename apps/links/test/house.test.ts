import { readdirSync, readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { problemKinds } from '../src/problem.ts'
import { reservedSlugs, slugPattern } from '../src/slugs.ts'

const root = new URL('../', import.meta.url)

const files = ['src', 'public'].flatMap((folder) =>
  readdirSync(new URL(folder, root), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && !/\.test(-d)?\.ts$/.test(entry.name))
    .map((entry) => `${entry.parentPath}/${entry.name}`),
)

test.each(files)('%s names no runtime', (file) => {
  const text = readFileSync(file, 'utf8')
  expect(text).not.toMatch(/\b(node(js)?|workerd?|workers|cloudflare|wrangler|deno|bun|lambda)\b/i)
})

describe('the page of problems', () => {
  const html = readFileSync(new URL('public/problems/index.html', root), 'utf8')

  test.each(Object.entries(problemKinds))('describes %s, with its status', (kind, [status]) => {
    const item = html.split(`<div id="${kind}">`)[1]?.split('</div>')[0]
    expect(item).toContain(`${kind} <span class="status">${status}</span>`)
  })

  test('describes no other', () => {
    const described = [...html.matchAll(/<div id="([\w-]+)">/g)].map(([, kind]) => kind)
    expect(described).toEqual(Object.keys(problemKinds))
  })
})

test('no slug hides a file or folder of the page', () => {
  const names = readdirSync(new URL('public', root))
  const hidden = names.filter((name) => slugPattern.test(name) && !reservedSlugs.has(name))
  expect(hidden).toEqual([])
})
