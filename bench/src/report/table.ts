import type { Figure } from '../figures.ts'

export interface Table {
  readonly head: readonly string[]
  readonly rows: readonly (readonly string[])[]
}

/** As Markdown whose columns line up, so that it reads well on a terminal too. */
export function toMarkdown({ head, rows }: Table): string {
  const widths = head.map((cell, column) =>
    Math.max(3, cell.length, ...rows.map((row) => (row[column] ?? '').length)),
  )
  const line = (cells: readonly string[]) =>
    `| ${widths.map((width, column) => pad(cells[column] ?? '', width, column)).join(' | ')} |`
  const rule = `| ${widths.map((width, column) => (column === 0 ? '-'.repeat(width) : `${'-'.repeat(width - 1)}:`)).join(' | ')} |`
  return [line(head), rule, ...rows.map(line)].join('\n')
}

/** Names on the left, figures on the right. */
function pad(cell: string, width: number, column: number): string {
  return column === 0 ? cell.padEnd(width) : cell.padStart(width)
}

const tooNoisy = 'too noisy'

/** A figure's median, with its range. */
export function spread(figure: Figure | undefined, digits: number = 1): string {
  if (!figure) return tooNoisy
  const { least, most } = figure
  return `${figure.median.toFixed(digits)} (${least.toFixed(digits)}–${most.toFixed(digits)})`
}

export function median(figure: Figure | undefined, digits: number = 1): string {
  return figure ? figure.median.toFixed(digits) : tooNoisy
}

export function megabytes(bytes: number): string {
  return (bytes / 1024 ** 2).toFixed(0)
}

export function thousands(figure: Figure | undefined): string {
  return figure ? Math.round(figure.median).toLocaleString('en-US') : tooNoisy
}
