import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { specification } from './specification.ts'

// Writes the specification, or with --check fails when it is out of date.
const folder = fileURLToPath(new URL('../../../docs/', import.meta.url))
const file = `${folder}port-binding.md`
const text = specification()

if (!process.argv.includes('--check')) {
  mkdirSync(folder, { recursive: true })
  writeFileSync(file, text)
} else if (readText() !== text) {
  process.stderr.write(
    'docs/port-binding.md is out of date: run node packages/conform/src/write-spec.ts\n',
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
