import { readFileSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { differencesPage } from './differences/page.ts'

// Writes docs/differences.md, or with --check fails when it is out of date.
const file = fileURLToPath(new URL('../../../docs/differences.md', import.meta.url))
const text = differencesPage()

if (!process.argv.includes('--check')) writeFileSync(file, text)
else if (withoutLayout(readText()) !== withoutLayout(text)) {
  process.stderr.write(
    'docs/differences.md is out of date: run node packages/parity/src/write-differences.ts\n',
  )
  process.exitCode = 1
}

function readText(): string {
  try {
    return readFileSync(file, 'utf8')
  } catch {
    return ''
  }
}

/** The formatter aligns tables. */
function withoutLayout(page: string): string {
  return page
    .replace(/ +/g, ' ')
    .replace(/:-+:/g, ':-:')
    .replace(/-{3,}/g, '---')
    .replaceAll('*', '_')
}
