import { readdir, readFile, stat } from 'node:fs/promises'
import path from 'node:path'
import type { Case } from './case.ts'
import { CaseError, parseCases } from './parse.ts'

const firstCase =
  'write one ("### The front page", and below it "GET /"), have them written with --record parity/recorded.http, or ask with --generate 500'

/**
 * Reads a file of cases, or every `*.http` of a folder and what is below it.
 *
 * @throws CaseError
 */
export async function loadCases(from: string): Promise<readonly Case[]> {
  const info = await stat(from).catch(() => undefined)
  if (!info) throw new CaseError(`There are no cases at ${shownPath(from)}`, {}, firstCase)
  const files = info.isDirectory()
    ? (await readdir(from, { recursive: true }))
        .filter((name) => name.endsWith('.http'))
        .sort()
        .map((name) => path.join(from, name))
    : [from]
  if (files.length === 0) {
    const why = 'none of its files is a *.http'
    throw new CaseError(`There are no cases at ${shownPath(from)}: ${why}`, {}, firstCase)
  }
  const cases: Case[] = []
  for (const file of files) cases.push(...parseCases(await readFile(file, 'utf8'), shownPath(file)))
  const names = new Set<string>()
  for (const { name, file, line } of cases) {
    if (names.has(name)) throw new CaseError(`${file}:${line}: there is another case "${name}"`)
    names.add(name)
  }
  return cases
}

function shownPath(file: string): string {
  const relative = path.relative(process.cwd(), file)
  return relative.startsWith('..') ? file : relative
}
