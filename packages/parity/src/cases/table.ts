/** A case as it was written, before its table is filled in. */
export interface Written {
  readonly name: string
  readonly line: number
  readonly lines: readonly string[]
}

/**
 * A case with a table at its end is one case for each row: `<column>` stands for the row's value,
 * in the name too. `\\|` is a bar in a value.
 */
export function fillTable(written: Written): readonly Written[] {
  const first = written.lines.findIndex((line) => isRow(line))
  if (first < 0) return [written]
  const lines = written.lines.slice(0, first)
  const [head = [], ...rows] = written.lines
    .slice(first)
    .filter((line) => isRow(line) && !/^\|[\s|:-]+\|$/.test(line))
    .map(cellsOf)
  check(written, lines, head, rows)
  const fillers = rows.map((cells) => {
    const values = new Map(head.map((column, at) => [column, cells[at] ?? '']))
    return (text: string) => text.replace(/<([\w-]+)>/g, (all, name) => values.get(name) ?? all)
  })
  const names = fillers.map((fill) => fill(written.name))
  return rows.map((cells, index) => {
    const fill = fillers[index]!
    const name = names[index]!
    const isUnique = names.filter((other) => other === name).length === 1
    return {
      name: isUnique ? name : `${name} (${cells.join(', ')})`,
      line: written.line + first + index + 2,
      lines: lines.map(fill),
    }
  })
}

/** @throws where a column stands for nothing, or a row has other cells */
function check(
  { name }: Written,
  lines: readonly string[],
  head: readonly string[],
  rows: readonly (readonly string[])[],
): void {
  const all = [name, ...lines].join('\n')
  const unused = head.find((column) => !all.includes(`<${column}>`))
  if (unused !== undefined)
    throw new Error(`its table has "${unused}", and nothing has <${unused}>`)
  if (rows.length === 0) throw new Error('its table has no row')
  const uneven = rows.find((cells) => cells.length !== head.length)
  if (!uneven) return
  const row = `| ${uneven.join(' | ')} |`
  throw new Error(`a row of its table has ${uneven.length} cells, expected ${head.length}: ${row}`)
}

function isRow(line: string): boolean {
  return line.startsWith('| ')
}

function cellsOf(line: string): string[] {
  return line
    .replace(/^\|\s*|\s*\|$/g, '')
    .split(/\s*(?<!\\)\|\s*/)
    .map((cell) => cell.replaceAll('\\|', '|'))
}
