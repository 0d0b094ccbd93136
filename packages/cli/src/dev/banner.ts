import { stripVTControlCharacters, styleText } from 'node:util'
import type { DevEvent, Endpoint, ResourceLine } from './events.ts'

/** The keys, and what each does. */
const keys: Readonly<Record<string, string>> = { r: 'restart', o: 'open', q: 'quit' }

/** What is told once, when all sides answer. */
export function banner({
  version,
  readyInMs,
  endpoints,
}: Extract<DevEvent, { readonly event: 'ready' }>): string {
  const title = `${styleText('bold', `Mooring ${version}`)} ready in ${readyInMs} ms`
  const addresses = endpoints.map(({ side, url, folder }) => [
    styleText('bold', side),
    styleText('cyan', url),
    styleText('gray', folder),
  ])
  const resources = endpoints.flatMap(resourceRows)
  const hints = Object.entries(keys).map(([key, what]) => `${styleText('bold', key)} ${what}`)
  const blocks = [[title], columns(addresses), columns(resources), [hints.join('  ')]]
  const text = blocks
    .filter((block) => block.length > 0)
    .map((block) => block.map((row) => `  ${row}`).join('\n'))
  return `\n${text.join('\n\n')}\n\n`
}

function resourceRows({ side, resources }: Endpoint): string[][] {
  return resources.map(({ name, kind, target, embedded }: ResourceLine, index) => [
    index === 0 ? side : '',
    `${name} ${styleText('gray', kind)}`,
    `→ ${target}${embedded ? styleText('gray', ' (embedded default)') : ''}`,
  ])
}

/** Rows with their cells below each other. */
function columns(rows: readonly (readonly string[])[]): string[] {
  const widths: number[] = []
  for (const row of rows) {
    for (const [at, cell] of row.entries()) widths[at] = Math.max(widths[at] ?? 0, width(cell))
  }
  return rows.map((row) =>
    row
      .map((cell, at) => cell + ' '.repeat(widths[at]! - width(cell)))
      .join('  ')
      .trimEnd(),
  )
}

/** How many columns a text takes, its colours not counted. */
function width(text: string): number {
  return stripVTControlCharacters(text).length
}
