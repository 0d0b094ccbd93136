import { execFileSync } from 'node:child_process'
import { mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { root } from '../build.ts'
import type { Results } from '../results.ts'
import { chartsOf } from './charts.ts'
import { sectionsOf } from './sections.ts'
import { toMarkdown } from './table.ts'

const page = path.join(root, 'docs/benchmarks.md')
const folder = path.join(root, 'docs/benchmarks')

/** Writes `docs/benchmarks.md`, its charts, and the figures that both are made of. */
export function writePage(results: Results): void {
  mkdirSync(folder, { recursive: true })
  for (const file of readdirSync(folder)) rmSync(path.join(folder, file))
  for (const { file, svg } of chartsOf(results)) writeFileSync(path.join(folder, file), svg)
  writeFileSync(path.join(folder, 'results.json'), `${JSON.stringify(results, null, 2)}\n`)
  writeFileSync(page, pageOf(results))
  execFileSync(path.join(root, 'node_modules/.bin/oxfmt'), [page, folder], { cwd: root })
}

function pageOf(results: Results): string {
  const charts = chartsOf(results)
  const sections = sectionsOf(results).map(({ title, text, tables }) => {
    const images = charts
      .filter(({ section }) => section === title)
      .map(({ file, alternative }) => `![${alternative}](benchmarks/${file})`)
    return [`## ${title}`, text, ...images, ...tables.map(toMarkdown)].join('\n\n')
  })
  return `# Benchmarks

<!-- Generated from docs/benchmarks/results.json: pnpm bench --write -->

${introduction(results)}

${sections.join('\n\n')}
`
}

function introduction({
  at,
  machine,
  rounds,
  seconds,
  mostDisturbance,
  tookMs,
  failed,
}: Results): string {
  const { processor, cores, memoryBytes, kernel, node, wrk, loadAverage } = machine
  const memory = `${(memoryBytes / 1024 ** 3).toFixed(0)} GB`
  const lost = failed.length > 0 ? ` Not measured: ${failed.join('; ')}.` : ''
  return `Mooring and its peers in one run on one machine, all with the same handlers. \`pnpm bench --write\` measures again and writes this page; how it measures is in [bench/README.md](../bench/README.md).

Measured on ${at.slice(0, 10)} in ${Math.round(tookMs / 60_000)} minutes: ${processor}, ${cores} cores, ${memory}, Linux ${kernel}, Node ${node}, ${wrk}; ${rounds} rounds of ${seconds} s; where others used more than ${(mostDisturbance * 100).toFixed(0)} % of the server's core, a round is left out. The load average before it was ${loadAverage.toFixed(1)}.${lost}`
}
