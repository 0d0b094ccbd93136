import { type Line, LineError } from './lines.ts'

/** A case as it was written, before its table is filled in. */
export interface Written {
  readonly name: string
  readonly line: number
  readonly lines: readonly Line[]
}

/**
 * A case with a table at its end is one case for each row: `<column>` stands for the row's value,
 * in the name too. `\\|` is a bar in a value.
 */
export function fillTable(written: Written): readonly Written[] {
  const first = written.lines.findIndex(isRow)
  if (first < 0) return [written]
  const lines = written.lines.slice(0, first)
  const table = written.lines
    .slice(first)
    .filter((line) => isRow(line) && !/^\|[\s|:-]+\|$/.test(line.text))
    .map((line): Row => ({ ...line, cells: cellsOf(line.text) }))
  const [head, ...rows] = table as [Row, ...Row[]]
  check(written.name, lines, head, rows)
  const fillers = rows.map(({ cells }) => {
    const values = new Map(head.cells.map((column, at) => [column, cells[at] ?? '']))
    return (text: string) => text.replace(/<([\w-]+)>/g, (all, name) => values.get(name) ?? all)
  })
  const names = fillers.map((fill) => fill(written.name))
  return rows.map(({ cells, number }, index) => {
    const fill = fillers[index]!
    const name = names[index]!
    const isUnique = names.filter((other) => other === name).length === 1
    return {
      name: isUnique ? name : `${name} (${cells.join(', ')})`,
      line: number,
      lines: lines.map((line) => ({ ...line, text: fill(line.text) })),
    }
  })
}

interface Row extends Line {
  readonly cells: readonly string[]
}

/** @throws LineError where a column stands for nothing, or a row has other cells */
function check(name: string, lines: readonly Line[], head: Row, rows: readonly Row[]): void {
  const all = [name, ...lines.map(({ text }) => text)].join('\n')
  const unused = head.cells.find((column) => !all.includes(`<${column}>`))
  if (unused !== undefined) {
    const why = `its table has "${unused}", and nothing has <${unused}>`
    throw new LineError(head.number, why, head.text.indexOf(unused) + 1)
  }
  if (rows.length === 0) throw new LineError(head.number, 'its table has no row')
  const uneven = rows.find(({ cells }) => cells.length !== head.cells.length)
  if (!uneven) return
  const count = `${uneven.cells.length} cells, expected ${head.cells.length}`
  const why = `a row of its table has ${count}: | ${uneven.cells.join(' | ')} |`
  throw new LineError(uneven.number, why)
}

function isRow({ text }: Line): boolean {
  return text.startsWith('| ')
}

function cellsOf(line: string): string[] {
  return line
    .replace(/^\|\s*|\s*\|$/g, '')
    .split(/\s*(?<!\\)\|\s*/)
    .map((cell) => cell.replaceAll('\\|', '|'))
}
