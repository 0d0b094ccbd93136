import type { Labels, Metric, MetricsSnapshot, Sample } from '@mooring/port-bound'

/** What `/metrics` answers with: version 0.0.4 of the text format, which every scraper reads. */
export const metricsContentType = 'text/plain; version=0.0.4; charset=utf-8'

/** A snapshot, and which of several processes it is of. */
export interface WorkerSnapshot {
  /** The value of the label `worker`. */
  readonly worker: string
  readonly metrics: MetricsSnapshot
}

/**
 * What several processes measured, as one: counters, histograms and most gauges are added up; what
 * means nothing in sum keeps one value for each process, with the label `worker`.
 */
export function mergeMetrics(snapshots: readonly WorkerSnapshot[]): MetricsSnapshot {
  const merged = new Map<string, { metric: Metric; samples: Map<string, Sample> }>()
  for (const { worker, metrics } of snapshots) {
    for (const metric of metrics) {
      const into = merged.get(metric.name) ?? { metric, samples: new Map<string, Sample>() }
      merged.set(metric.name, into)
      for (const sample of metric.samples) {
        const own = metric.together === 'each' && sample.labels['worker'] === undefined
        const labels = own ? { ...sample.labels, worker } : sample.labels
        const key = labelsText(labels)
        const before = into.samples.get(key)
        const together = before ? add(before, sample, metric.together) : sample
        into.samples.set(key, { ...together, labels })
      }
    }
  }
  return [...merged.values()].map(({ metric, samples }) => ({
    ...metric,
    samples: [...samples.values()],
  }))
}

/**
 * What stays of a process that has ended: its counters and histograms. Merged with those of the
 * living they never fall, which a scraper would take for a restart.
 */
export function countersOf(metrics: MetricsSnapshot): MetricsSnapshot {
  return metrics.filter(({ type, together }) => type !== 'gauge' && together === 'sum')
}

function add(left: Sample, right: Sample, together: Metric['together']): Sample {
  if (together === 'max') return left.value < right.value ? right : left
  return {
    ...left,
    value: left.value + right.value,
    ...(left.counts && {
      counts: left.counts.map((count, bucket) => count + (right.counts?.[bucket] ?? 0)),
    }),
  }
}

/** The text of a snapshot, as Prometheus reads it. */
export function formatMetrics(metrics: MetricsSnapshot): string {
  return `${metrics.flatMap(linesOf).join('\n')}\n`
}

function linesOf({ name, help, type, bounds, samples }: Metric): string[] {
  if (samples.length === 0) return []
  return [
    `# HELP ${name} ${help.replaceAll('\\', '\\\\').replaceAll('\n', '\\n')}`,
    `# TYPE ${name} ${type}`,
    ...samples.flatMap((sample) =>
      type === 'histogram'
        ? histogramLines(name, bounds ?? [], sample)
        : [`${name}${labelsText(sample.labels)} ${numberText(sample.value)}`],
    ),
  ]
}

function histogramLines(
  name: string,
  bounds: readonly number[],
  { labels, value, counts = [] }: Sample,
): string[] {
  let total = 0
  const buckets = [...bounds, Infinity].map((bound, bucket) => {
    total += counts[bucket] ?? 0
    return `${name}_bucket${labelsText({ ...labels, le: numberText(bound) })} ${total}`
  })
  const text = labelsText(labels)
  return [...buckets, `${name}_sum${text} ${numberText(value)}`, `${name}_count${text} ${total}`]
}

const escapes: Readonly<Record<string, string>> = { '\\': '\\\\', '"': '\\"', '\n': '\\n' }

function labelsText(labels: Labels): string {
  const pairs = Object.entries(labels).map(
    ([name, value]) => `${name}="${value.replace(/[\\"\n]/g, (found) => escapes[found]!)}"`,
  )
  return pairs.length === 0 ? '' : `{${pairs.join(',')}}`
}

/** Prometheus writes the infinities its own way. */
function numberText(value: number): string {
  if (Number.isFinite(value) || Number.isNaN(value)) return String(value)
  return value > 0 ? '+Inf' : '-Inf'
}
