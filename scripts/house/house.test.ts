import { describe, expect, test } from 'vitest'
import { errorCodes } from '../../packages/core/src/errors.ts'
import { dependencies } from './dependencies.ts'
import { errors } from './errors.ts'
import { errorsDocFile, writeErrorsDoc } from './errors-doc.ts'
import { length } from './length.ts'
import type { Rule, Tree } from './tree.ts'
import { wording } from './wording.ts'

const check = (rule: Rule, files: Record<string, string>) => rule(new Map(Object.entries(files)))

describe('length', () => {
  test('a file may have 400 lines and no more', () => {
    const files = {
      'a.ts': 'x\n'.repeat(400),
      'b.ts': 'x\n'.repeat(401),
      'c.md': 'x\n'.repeat(999),
    }
    expect(check(length, files)).toEqual(['b.ts: 401 lines, of at most 400'])
  })
})

describe('wording', () => {
  test.each([
    ['// TODO later'],
    ['const a = b as any'],
    ['// @ts-ignore'],
    ['// oxlint-disable-next-line'],
    ["test.skip('a', () => {})"],
    ["describe.only('a', () => {})"],
  ])('%s is refused', (line) => {
    expect(check(wording, { 'packages/a/src/b.ts': `ok()\n${line}\n` })).toEqual([
      expect.stringMatching(/^packages\/a\/src\/b\.ts:2: /),
    ])
  })

  test('a test that has a condition passes', () => {
    expect(check(wording, { 'a.test.ts': "test.skipIf(!engine)('a', () => {})" })).toEqual([])
  })
})

describe('errors', () => {
  const codes = Object.keys(errorCodes)
  const source = codes.map((code) => `'${code}'`).join('\n')
  const withDoc = (files: Record<string, string>): Tree => {
    const tree = new Map(Object.entries(files))
    return tree.set(errorsDocFile, writeErrorsDoc(tree))
  }

  test('every code in use and the page up to date is no problem', () => {
    expect(errors(withDoc({ 'packages/core/src/a.ts': source }))).toEqual([])
  })

  test('a code that nothing uses, or only a test or an app', () => {
    const [first, ...others] = codes as [string, ...string[]]
    const tree = withDoc({
      'packages/core/src/a.ts': others.map((code) => `'${code}'`).join('\n'),
      'packages/core/src/a.test.ts': `'${first}'`,
      'packages/core/src/errors.ts': source,
      'apps/links/src/a.ts': `'${first}'`,
    })
    expect(errors(tree)).toEqual([`packages/core/src/errors.ts: ${first} is used nowhere`])
  })

  test('a code that is not in the registry', () => {
    const code = 'MOORING_E_MADE_UP'
    const tree = withDoc({ 'packages/core/src/a.ts': source, 'docs/other.md': `see ${code}.` })
    expect(errors(tree)).toEqual([`docs/other.md: ${code} is not in packages/core/src/errors.ts`])
  })

  test('a page that is out of date', () => {
    const files = { 'packages/core/src/a.ts': source, [errorsDocFile]: '# Old' }
    expect(check(errors, files)).toEqual([
      `${errorsDocFile}: out of date, run node scripts/write-errors-doc.ts`,
    ])
  })
})

describe('dependencies', () => {
  const manifest = JSON.stringify({
    dependencies: { redis: '6.0.0', '@mooring/core': 'workspace:*' },
    devDependencies: { vitest: 'catalog:' },
  })
  const head = '| package | why |\n| --- | --- |\n'
  const row = '| `redis` | the driver of redis:// stores |\n'
  const page = (rows: string) => `# A\n\n## Dependencies\n\n${head}${rows}\n## More\n\n| x | y |\n`
  const root = page('| `vitest` | runs the tests |\n')

  test('a reason beside the package, or in the root', () => {
    const files = {
      'packages/a/package.json': manifest,
      'packages/a/README.md': page(row),
      'README.md': root,
    }
    expect(check(dependencies, files)).toEqual([])
  })

  test('no reason, no dependency, an empty reason', () => {
    const files = {
      'packages/a/package.json': manifest,
      'packages/a/README.md': page('| `gone`, `vitest` | |\n'),
    }
    expect(check(dependencies, files)).toEqual([
      'packages/a/package.json: redis has no reason in packages/a/README.md',
      'packages/a/README.md: gone is no dependency',
      'packages/a/README.md: vitest has no reason',
    ])
  })
})
