import type { Sample } from './load.ts'
import type { Workload } from './workloads.ts'

/** What the others are compared with. */
const baseline = 'node-http'

/** CPU per request of each server and workload, and as a ratio to bare `node:http`, as Markdown. */
export function toTable(
  names: readonly string[],
  workloads: readonly Workload[],
  samples: ReadonlyMap<string, readonly Sample[]>,
): string {
  const figure = (name: string, workload: string) =>
    statistics((samples.get(`${name} ${workload}`) ?? []).map(({ cpuUs }) => cpuUs))
  const rows = names.map((name) => {
    const cells = workloads.map((workload) => {
      const own = figure(name, workload.name)
      const raw = figure(baseline, workload.name)
      if (!own) return 'too noisy'
      const ratio = raw ? ` (${(own.median / raw.median).toFixed(2)})` : ''
      return `${own.median.toFixed(1)}${ratio}, ${own.least.toFixed(1)}–${own.most.toFixed(1)}`
    })
    return `| ${[name, ...cells].join(' | ')} |`
  })
  const head = `| CPU µs a request: median (ratio to ${baseline}), range | ${workloads.map(({ name }) => name).join(' | ')} |`
  return `${[head, `| --- |${workloads.map(() => ' --- |').join('')}`, ...rows].join('\n')}\n`
}

function statistics(
  figures: readonly number[],
): { least: number; median: number; most: number } | undefined {
  const sorted = figures.toSorted((a, b) => a - b)
  const [least, median, most] = [sorted[0], sorted[sorted.length >> 1], sorted.at(-1)]
  if (least === undefined || median === undefined || most === undefined) return undefined
  return { least, median, most }
}
