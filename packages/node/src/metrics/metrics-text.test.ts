import { expect, test } from 'vitest'
import { createMetrics, type Metric } from '@mooring/port-bound'
import { countersOf, formatMetrics, mergeMetrics } from './metrics-text.ts'

const histogram = (counts: number[], value: number): Metric => ({
  name: 'h_seconds',
  help: 'A histogram.',
  type: 'histogram',
  together: 'sum',
  bounds: [0.1, 1],
  samples: [{ labels: { a: 'b' }, value, counts }],
})

test('a histogram is cumulated, and ends in +Inf', () => {
  expect(formatMetrics([histogram([2, 1, 4], 6.5)])).toBe(
    `# HELP h_seconds A histogram.
# TYPE h_seconds histogram
h_seconds_bucket{a="b",le="0.1"} 2
h_seconds_bucket{a="b",le="1"} 3
h_seconds_bucket{a="b",le="+Inf"} 7
h_seconds_sum{a="b"} 6.5
h_seconds_count{a="b"} 7
`,
  )
})

test('what a label or a help text may not hold is escaped', () => {
  const metrics = createMetrics()
  metrics.counter('c_total', 'A \\ and\na line', { path: 'a"b\\c\nd' }).add()
  expect(formatMetrics(metrics.snapshot())).toBe(
    '# HELP c_total A \\\\ and\\na line\n# TYPE c_total counter\nc_total{path="a\\"b\\\\c\\nd"} 1\n',
  )
})

test('several processes: sums are added up, what means nothing in sum has the worker', () => {
  const snapshotOf = (count: number) => {
    const metrics = createMetrics()
    metrics.counter('c_total', 'c', { kind: 'x' }).add(count)
    metrics.counter('c_total', 'c', { kind: 'y' })
    metrics.gauge('delay_seconds', 'd', () => count, 'each')
    metrics.gauge('info', 'i', () => count, 'max')
    metrics.source(() => [histogram([count, 0, 1], count)])
    return JSON.parse(JSON.stringify(metrics.snapshot())) as ReturnType<typeof metrics.snapshot>
  }
  const merged = mergeMetrics([
    { worker: '1', metrics: snapshotOf(2) },
    { worker: '2', metrics: snapshotOf(5) },
  ])
  const lines = formatMetrics(merged).split('\n')
  expect(lines).toEqual(
    expect.arrayContaining([
      'c_total{kind="x"} 7',
      'c_total{kind="y"} 0',
      'delay_seconds{worker="1"} 2',
      'delay_seconds{worker="2"} 5',
      'info 5',
      'h_seconds_bucket{a="b",le="0.1"} 7',
      'h_seconds_sum{a="b"} 7',
      'h_seconds_count{a="b"} 9',
    ]),
  )
  expect(lines.filter((line) => line.startsWith('# TYPE c_total'))).toHaveLength(1)
})

test('what stays of a process that ended is what only rises', () => {
  const metrics = createMetrics()
  metrics.counter('c_total', 'c').add(3)
  metrics.gauge('open', 'o', () => 7)
  metrics.source(() => [histogram([1, 0, 0], 0.05)])
  const kept = countersOf(metrics.snapshot())
  expect(kept.map(({ name }) => name).toSorted()).toEqual(['c_total', 'h_seconds'])
  const [again] = mergeMetrics([
    { worker: 'gone', metrics: kept },
    { worker: '2', metrics: [histogram([4, 0, 0], 1)] },
  ]).filter(({ type }) => type === 'histogram')
  expect(again!.samples).toEqual([{ labels: { a: 'b' }, value: 1.05, counts: [5, 0, 0] }])
})
