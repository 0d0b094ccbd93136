import { existsSync } from 'node:fs'
import axe from 'axe-core'
import { type Browser, chromium, type Page } from 'playwright-core'
import { expect } from 'vitest'

const candidates = [
  process.env['CHROMIUM'],
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
]

/** A browser of this machine; none is downloaded. */
export const browserPath: string | undefined = candidates.find((path) => path && existsSync(path))

export function launchBrowser(executablePath: string): Promise<Browser> {
  return chromium.launch({
    executablePath,
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
    ],
  })
}

/** Expects that axe-core finds nothing wrong with the page as it is now. */
export async function expectAccessible(page: Page): Promise<void> {
  // Evaluated, not added as a script: the page's own policy allows no script but its own.
  await page.evaluate(axe.source)
  const results = (await page.evaluate('axe.run(document)')) as axe.AxeResults
  const found = results.violations.map(({ id, nodes }) => `${id}: ${nodes.map((n) => n.html)}`)
  expect(found).toEqual([])
  expect(results.passes.length).toBeGreaterThan(10)
}
