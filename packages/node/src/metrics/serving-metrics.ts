import { type BackgroundWork, type Metrics, type Phase, phases } from '@mooring/port-bound'
import type { Connections } from '../connections.ts'

/** Measures what no convention has a name for: where the process is, and what it has in hand. */
export function measureServing(
  metrics: Metrics,
  phase: () => Phase,
  connections: Connections,
  background: BackgroundWork,
): void {
  metrics.source(() => [
    {
      name: 'mooring_drain_phase',
      help: 'Processes that are in a phase between boot and exit.',
      type: 'gauge',
      together: 'sum',
      samples: phases.map((name) => ({ labels: { phase: name }, value: name === phase() ? 1 : 0 })),
    },
  ])
  metrics.gauge('mooring_ready', 'Processes that requests should be sent to.', () =>
    phase() === 'serving' ? 1 : 0,
  )
  metrics.gauge('mooring_open_connections', 'Open connections.', connections.count)
  metrics.gauge('mooring_background_work', 'Background work in flight.', background.count)
  metrics.counter('mooring_boots_total', 'Processes that have begun to serve.').add()
}
