import type { Results } from '../results.ts'
import { baseline } from '../peers.ts'
import { type Bar, barChart, lineChart, type Panel } from './svg.ts'

/** A file beside the page, and the words for who does not see it. */
export interface Chart {
  readonly file: string
  readonly alternative: string
  /** The title of the section that it belongs to. */
  readonly section: string
  readonly svg: string
}

/** What is drawn of the figures that are there. */
export function chartsOf(results: Results): Chart[] {
  const { requests, start, growth } = results
  return [
    ...(requests ? cpuCharts(requests) : []),
    ...(start ? [startChart(start)] : []),
    ...(growth ? [growthChart(growth)] : []),
  ]
}

function cpuCharts({ workloads, rows }: NonNullable<Results['requests']>): Chart[] {
  const panelOf = ({ name, title }: (typeof workloads)[number]): Panel => ({
    title,
    bars: rows.flatMap((row): Bar[] => {
      const cell = row.cells[name]
      if (!cell) return []
      const value = cell.cpuUs?.median
      const ratio = cell.ratio ? ` (${cell.ratio.median.toFixed(2)})` : ''
      const shown = value === undefined ? 'too noisy' : `${value.toFixed(1)}${ratio}`
      return [{ label: row.name, value, shown, kind: kindOf(row.name, row.isContext) }]
    }),
  })
  const chart = (file: string, alternative: string, names: readonly string[]): Chart[] => {
    const panels = workloads.filter(({ name }) => names.includes(name)).map(panelOf)
    if (panels.length === 0) return []
    const description = `${describe(panels)} The figures are in the tables.`
    const svg = barChart(alternative, description, panels)
    return [{ file, alternative, section: 'CPU time per request', svg }]
  }
  return [
    ...chart('cpu-small.svg', 'CPU µs per request: text, JSON and a small POST', [
      'text',
      'json',
      'post',
    ]),
    ...chart('cpu-large.svg', 'CPU µs per request: a POST of 100 KB, a file and a stream', [
      'post-100k',
      'file',
      'stream',
    ]),
  ]
}

function startChart({ rows }: NonNullable<Results['start']>): Chart {
  const panel = (title: string, figure: (row: (typeof rows)[number]) => number): Panel => ({
    title,
    bars: rows.map((row) => ({
      label: row.name,
      value: figure(row),
      shown: figure(row).toFixed(0),
      kind: kindOf(row.name, false),
    })),
  })
  const panels = [
    panel('Milliseconds to the first answer', ({ elapsedMs }) => elapsedMs.median),
    panel('MB resident then', ({ residentBytes }) => residentBytes.median / 1024 ** 2),
  ]
  const alternative = 'Start: time to the first answer, and memory'
  const svg = barChart(alternative, describe(panels), panels)
  return { file: 'start.svg', alternative, section: 'Start', svg }
}

function growthChart({ growths }: NonNullable<Results['growth']>): Chart {
  const panels = growths.map(({ of, at, rows }) => ({
    title: `By ${of}`,
    amounts: at,
    lines: rows
      // Mooring first: it has the same colour everywhere.
      .toSorted((a, b) => Number(b.name === 'mooring') - Number(a.name === 'mooring'))
      .map(({ name, cpuUs }) => ({ name, values: cpuUs.map((figure) => figure?.median) })),
  }))
  const alternative = 'CPU µs of a text request by connections, routes and headers'
  const svg = lineChart(alternative, 'The figures are in the tables.', 'CPU µs a request', panels)
  return { file: 'growth.svg', alternative, section: 'How cost grows', svg }
}

function kindOf(name: string, isContext: boolean): Bar['kind'] {
  if (isContext) return 'context'
  if (name === baseline) return 'baseline'
  return name === 'mooring' || name === 'links' ? 'own' : 'peer'
}

/** For who hears it: what each bar is. */
function describe(panels: readonly Panel[]): string {
  return panels
    .map(
      ({ title, bars }) =>
        `${title}: ${bars.map(({ label, shown }) => `${label} ${shown}`).join(', ')}.`,
    )
    .join(' ')
}
