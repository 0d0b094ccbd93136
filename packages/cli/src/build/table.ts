import { readdir, readFile } from 'node:fs/promises'
import path from 'node:path'
import { gzipSync } from 'node:zlib'
import { isCompiled } from './start-file.ts'

/** A line of the table. */
interface Row {
  readonly name: string
  readonly bytes: number
  readonly gzipBytes: number
}

/** The code of a build file by file, and its static files in a line; what is about code is left out. */
export async function describeFiles(dist: string): Promise<string> {
  const code = [dist, path.join(dist, 'server')]
  const rows: Row[] = []
  const others: Row[] = []
  for (const file of await filesIn(dist)) {
    const content = await readFile(file)
    const name = path.relative(process.cwd(), file)
    const row = { name, bytes: content.length, gzipBytes: gzipSync(content).length }
    if (code.includes(path.dirname(file))) rows.push(row)
    else others.push(row)
  }
  if (others.length > 0) {
    rows.push({
      name: `${others.length} static ${others.length === 1 ? 'file' : 'files'}`,
      bytes: sum(others.map(({ bytes }) => bytes)),
      gzipBytes: sum(others.map(({ gzipBytes }) => gzipBytes)),
    })
  }
  return toText(rows)
}

async function filesIn(dist: string): Promise<string[]> {
  const entries = await readdir(dist, { recursive: true, withFileTypes: true })
  return entries
    .filter((entry) => entry.isFile() && !/\.(map|LEGAL\.txt)$/.test(entry.name))
    .map((entry) => path.join(entry.parentPath, entry.name))
    .filter((file) => file !== path.join(dist, 'package.json') && !isCompiled(dist, file))
    .toSorted()
}

function toText(rows: readonly Row[]): string {
  const cells = rows.map(({ name, bytes, gzipBytes }) => [
    name,
    kilobytes(bytes),
    kilobytes(gzipBytes),
  ])
  const width = (at: number) => Math.max(...cells.map((row) => row[at]!.length))
  const [first, second, third] = [width(0), width(1), width(2)]
  return cells
    .map(
      ([name, size, zipped]) =>
        `${name!.padEnd(first)}  ${size!.padStart(second)}  ${zipped!.padStart(third)} gzip\n`,
    )
    .join('')
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, each) => total + each, 0)
}

function kilobytes(bytes: number): string {
  return `${(bytes / 1000).toFixed(1)} kB`
}
