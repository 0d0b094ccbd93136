import { execFile } from 'node:child_process'
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, expect, test } from 'vitest'

const root = fileURLToPath(new URL('..', import.meta.url))
let house: string

beforeAll(() => {
  house = mkdtempSync(path.join(tmpdir(), 'mooring-lint-'))
  copyFileSync(path.join(root, '.oxlintrc.json'), path.join(house, '.oxlintrc.json'))
})
afterAll(() => rmSync(house, { recursive: true }))

/** Lints a made-up file of the house.
 *
 * @returns the rules that it breaks
 */
async function lint(file: string, source: string): Promise<string[]> {
  const full = path.join(house, file)
  mkdirSync(path.dirname(full), { recursive: true })
  writeFileSync(full, source)
  const oxlint = path.join(root, 'node_modules/.bin/oxlint')
  const output = await new Promise<string>((resolve) => {
    execFile(oxlint, ['-f', 'json', file], { cwd: house }, (_error, stdout) => resolve(stdout))
  })
  rmSync(full)
  const { diagnostics } = JSON.parse(output) as { diagnostics: { code: string }[] }
  return diagnostics.map(({ code }) => code)
}

const importing = (specifier: string) => `import { a } from '${specifier}'\nexport const b = a\n`

test.each([
  ['packages/core/src/a.ts', 'node:fs'],
  ['packages/core/src/a.ts', 'redis'],
  ['packages/core/src/a.ts', 'honox'],
  ['packages/core/src/a.ts', '@mooring/node'],
  ['packages/core/src/a/b.ts', '../../../node/src/port.ts'],
  ['packages/cloudflare/src/a.ts', '@mooring/node'],
  ['packages/cloudflare/src/a.ts', 'node:fs'],
  ['packages/cloudflare/src/a.ts', 'wrangler'],
  ['packages/node/src/a.ts', '@mooring/cloudflare'],
  ['packages/node/src/a.ts', '@mooring/bun'],
  ['packages/bun/src/a.ts', '@mooring/node'],
  ['packages/deno/src/a.ts', '@mooring/bun'],
  ['packages/port-bound/src/a.ts', '@mooring/node'],
  ['packages/core/src/a.ts', '@mooring/port-bound'],
  ['packages/cloudflare/src/a.ts', '@mooring/port-bound'],
  ['packages/node/src/a.ts', 'mooring'],
  ['packages/node/src/a.ts', 'links'],
  ['packages/node/src/a.ts', '../../cloudflare/src/handle.ts'],
  ['packages/cli/src/a.ts', 'links'],
  ['packages/cli/src/a.ts', '../../node/src/port.ts'],
  ['packages/new/src/a.ts', 'node:fs/promises'],
  ['apps/links/src/a.ts', '@mooring/node'],
  ['apps/links/src/a.ts', 'node:fs'],
  ['apps/links/src/a.ts', 'cloudflare:workers'],
  ['apps/preview/src/app.ts', '@mooring/cloudflare'],
  ['apps/preview/src/app.ts', 'node:dns'],
])('%s may not import %s', async (file, specifier) => {
  expect(await lint(file, importing(specifier))).toEqual(['eslint(no-restricted-imports)'])
  expect(await lint(file, `export const a = await import('${specifier}')\n`)).toHaveLength(1)
})

test.each([
  ['packages/core/src/a.ts', 'hono/utils/mime'],
  ['packages/core/src/a.ts', '@standard-schema/spec'],
  ['packages/core/src/resources/a.ts', '../errors.ts'],
  ['packages/cloudflare/src/a.ts', '@mooring/core/adapter'],
  ['packages/node/src/a.ts', '@mooring/core/adapter'],
  ['packages/node/src/a.ts', 'node:fs'],
  ['packages/cli/src/a.ts', '@mooring/port-bound/port'],
  ['packages/node/src/a.ts', '@mooring/port-bound'],
  ['packages/bun/src/a.ts', '@mooring/port-bound'],
  ['packages/port-bound/src/a.ts', 'node:fs'],
  ['packages/cli/src/a.ts', 'node:fs'],
  ['packages/core/src/a.test.ts', 'node:fs'],
  ['packages/core/test/a.ts', '../src/errors.ts'],
  ['apps/links/src/a.ts', '@mooring/core'],
  ['apps/links/src/a.ts', 'preview'],
  ['apps/links-node/src/main.ts', '@mooring/node'],
  ['apps/preview/src/main.ts', '@mooring/node'],
  ['apps/preview/src/worker.ts', '@mooring/cloudflare'],
])('%s may import %s', async (file, specifier) => {
  expect(await lint(file, importing(specifier))).toEqual([])
})

test.each([
  ['fs', 'unicorn(prefer-node-protocol)', "import { a } from 'fs'\nexport const b = a\n"],
  [
    'skipped',
    'vitest(no-disabled-tests)',
    "import { test } from 'vitest'\ntest.skip('a', () => {})\n",
  ],
  [
    'focused',
    'vitest(no-focused-tests)',
    "import { test } from 'vitest'\ntest.only('a', () => {})\n",
  ],
])('%s', async (_name, code, source) => {
  expect(await lint('packages/node/test/a.test.ts', source)).toContain(code)
})
