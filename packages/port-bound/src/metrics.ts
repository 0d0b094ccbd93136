/** The labels of a sample, by their Prometheus names. */
export type Labels = Readonly<Record<string, string>>

/** One value of a metric. */
export interface Sample {
  readonly labels: Labels
  /** Of a histogram, the sum of what was observed. */
  readonly value: number
  /** Of a histogram: how many observations fell in each bucket, not cumulated; the last is `+Inf`. */
  readonly counts?: readonly number[]
}

/** A metric with its values as plain data, so that it can be sent to another process as JSON. */
export interface Metric {
  /** As Prometheus has it: unit and `_total` included. */
  readonly name: string
  readonly help: string
  readonly type: 'counter' | 'gauge' | 'histogram'
  /** What several processes have in common: the sum, the largest value, or nothing. */
  readonly together: 'sum' | 'max' | 'each'
  /** Of a histogram: the upper bounds of its buckets, without `+Inf`. */
  readonly bounds?: readonly number[]
  readonly samples: readonly Sample[]
}

/** What one process measured. */
export type MetricsSnapshot = readonly Metric[]

export interface Counter {
  /** @param by @default 1 */
  readonly add: (by?: number) => void
}

/** Everything that one process measures. */
export interface Metrics {
  /** Counts what happens seldom. The same name with other labels is one more sample of the metric. */
  readonly counter: (name: string, help: string, labels?: Labels) => Counter
  /** Reads a value when it is asked for. @param together @default 'sum' */
  readonly gauge: (
    name: string,
    help: string,
    read: () => number,
    together?: Metric['together'],
  ) => void
  /** Adds metrics that are made when they are asked for. */
  readonly source: (read: () => readonly Metric[]) => void
  readonly snapshot: () => MetricsSnapshot
  /**
   * A snapshot once the timers that are due have run. Who asks right after the loop was blocked
   * would else come before the timer that measures it, and reading starts that one anew.
   */
  readonly read: () => Promise<MetricsSnapshot>
}

/** Measures nothing by itself: what is not read costs nothing. */
export function createMetrics(): Metrics {
  const counters = new Map<string, { help: string; samples: { labels: Labels; value: number }[] }>()
  const sources: (() => readonly Metric[])[] = []
  const snapshot = () => [
    ...sources.flatMap((read) => read()),
    ...[...counters].map(([name, { help, samples }]) => {
      const copies = samples.map((sample) => ({ ...sample }))
      return { name, help, type: 'counter', together: 'sum', samples: copies } as const
    }),
  ]
  return {
    counter(name, help, labels = {}) {
      const sample = { labels, value: 0 }
      const { samples } = counters.get(name) ?? { samples: [] }
      counters.set(name, { help, samples: [...samples, sample] })
      return { add: (by = 1) => void (sample.value += by) }
    },
    gauge(name, help, read, together = 'sum') {
      sources.push(() => [
        { name, help, type: 'gauge', together, samples: [{ labels: {}, value: read() }] },
      ])
    },
    source: (read) => void sources.push(read),
    snapshot,
    async read() {
      await new Promise((resolve) => setTimeout(resolve, 1))
      return snapshot()
    },
  }
}
