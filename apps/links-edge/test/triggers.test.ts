import { readFileSync } from 'node:fs'
import links from 'links'
import { expect, test } from 'vitest'

test('each schedule has its cron trigger, and no trigger is without one', () => {
  const config = readFileSync(new URL('../wrangler.jsonc', import.meta.url), 'utf8')
  const [, list = ''] = /"crons": (\[[^\]]*\])/.exec(config) ?? []
  expect(JSON.parse(list)).toEqual([...new Set(Object.values(links.crons))])
})
