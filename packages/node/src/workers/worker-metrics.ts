import type { Checks, Metrics, MetricsSnapshot } from '@mooring/port-bound'
import { countersOf, formatMetrics, mergeMetrics } from '../metrics/metrics-text.ts'
import { measureProcess } from '../metrics/process-metrics.ts'
import type { WorkerProcess } from './worker-process.ts'
import type { Workers } from './workers.ts'

/** The metrics of several processes in one place. */
export interface CollectedMetrics {
  /** What `/metrics` answers. */
  readonly text: () => Promise<string>
  /** Keeps what a worker counted, since a counter may not fall. */
  readonly ended: (worker: WorkerProcess) => void
}

/**
 * Collects what the workers measure, and what their parent does. What a worker counted between the
 * last scrape and a `kill -9` is lost.
 *
 * @param own what the parent measures
 */
export function collectMetrics(app: string, own: Metrics, all: Workers['all']): CollectedMetrics {
  const serving = () => all().filter(({ worker }) => worker.isServing()).length
  own.gauge('mooring_workers', 'Workers that answer requests.', serving)
  const ends = own.counter('mooring_worker_exits_total', 'Workers that have ended.')
  measureProcess(own, app)
  let endedBefore: MetricsSnapshot = []

  return {
    async text() {
      const workers = all()
      const measured = workers.map(({ worker }) => worker.measure())
      const [parent] = await Promise.all([own.read(), ...measured])
      return formatMetrics(
        mergeMetrics([
          { worker: 'parent', metrics: parent },
          { worker: 'ended', metrics: endedBefore },
          ...workers.map(({ worker, makesRoom }) => ({
            // It has the number of the one that it makes room for.
            worker: makesRoom ? `${worker.id} leaving` : String(worker.id),
            metrics: worker.measured(),
          })),
        ]),
      )
    },
    ended(worker) {
      ends.add()
      const counted = countersOf(worker.measured())
      endedBefore = mergeMetrics([
        { worker: '', metrics: endedBefore },
        { worker: '', metrics: counted },
      ])
    },
  }
}

/** The whole is as ready as the worst of its workers; one that does not answer says nothing. */
export function collectChecks(all: Workers['all']): Checks {
  return {
    isEmpty: false,
    async run() {
      const serving = all().filter(({ worker }) => worker.isServing())
      const asked = await Promise.all(serving.map(({ worker }) => worker.check()))
      const answers = asked.filter((answer) => answer !== undefined)
      const worst = answers.find(({ pass }) => !pass) ?? answers[0]
      return { pass: worst?.pass ?? false, results: worst?.results ?? {} }
    },
  }
}
