import { readdirSync } from 'node:fs'
import { monitorEventLoopDelay, performance } from 'node:perf_hooks'
import { getHeapSpaceStatistics } from 'node:v8'
import type { Metric, Metrics, Sample } from '@mooring/port-bound'

/** How often the delay of the event loop is sampled. */
const resolutionMs = 10

const sample = (value: number, labels: Sample['labels'] = {}): Sample => ({ labels, value })

/**
 * Measures the process and its event loop, by the names of OpenTelemetry's semantic conventions
 * (and of Prometheus's own for descriptors). The loop's delay is sampled by a timer of Node's own; all else is read when it is asked for.
 *
 * @param app the app's name, as `service_name` of `target_info`
 */
export function measureProcess(metrics: Metrics, app: string): void {
  const delay = monitorEventLoopDelay({ resolution: resolutionMs })
  delay.enable()
  let loopBefore = performance.eventLoopUtilization()

  metrics.source(() => {
    const cpu = process.cpuUsage()
    const loop = performance.eventLoopUtilization()
    const { utilization } = performance.eventLoopUtilization(loop, loopBefore)
    loopBefore = loop
    const descriptors = countDescriptors()
    return [
      counter('process_cpu_time_seconds_total', 'CPU seconds by mode.', [
        sample(cpu.user / 1e6, { cpu_mode: 'user' }),
        sample(cpu.system / 1e6, { cpu_mode: 'system' }),
      ]),
      each('process_memory_usage_bytes', 'Physical memory in use.', [
        sample(process.memoryUsage.rss()),
      ]),
      each('process_uptime_seconds', 'Time since the process started.', [sample(process.uptime())]),
      each(
        'process_open_fds',
        'File descriptors in use.',
        descriptors === undefined ? [] : [sample(descriptors)],
      ),
      each(
        'v8js_memory_heap_used_bytes',
        'Heap memory in use, by space.',
        getHeapSpaceStatistics().map((space) =>
          sample(space.space_used_size, { v8js_heap_space_name: space.space_name }),
        ),
      ),
      counter('nodejs_eventloop_time_seconds_total', 'Time the event loop was in each state.', [
        sample(loop.active / 1_000, { nodejs_eventloop_state: 'active' }),
        sample(loop.idle / 1_000, { nodejs_eventloop_state: 'idle' }),
      ]),
      each('nodejs_eventloop_utilization_ratio', 'Event loop utilization since the last scrape.', [
        sample(utilization),
      ]),
      {
        name: 'target_info',
        help: 'What is measured.',
        type: 'gauge',
        together: 'max',
        samples: [
          sample(1, {
            service_name: app,
            process_runtime_name: 'nodejs',
            process_runtime_version: process.versions.node,
          }),
        ],
      },
      ...readDelay(),
    ]
  })

  /** Since the last time; two scrapes at once find nothing sampled between them. */
  function readDelay(): Metric[] {
    const isEmpty = delay.count === 0
    const seconds = (nanoseconds: number) => (isEmpty ? 0 : nanoseconds / 1e9)
    const values = {
      min: delay.min,
      max: delay.max,
      mean: delay.mean,
      stddev: delay.stddev,
      p50: delay.percentile(50),
      p90: delay.percentile(90),
      p99: delay.percentile(99),
    }
    delay.reset()
    return Object.entries(values).map(([name, value]) =>
      each(
        `nodejs_eventloop_delay_${name}_seconds`,
        `Event loop delay since the last scrape, ${name}; ${resolutionMs} ms of it are the sampling.`,
        [sample(seconds(value))],
      ),
    )
  }
}

function counter(name: string, help: string, samples: readonly Sample[]): Metric {
  return { name, help, type: 'counter', together: 'sum', samples }
}

/** A value that means nothing in sum. */
function each(name: string, help: string, samples: readonly Sample[]): Metric {
  return { name, help, type: 'gauge', together: 'each', samples }
}

/** proc(5); other systems have no such folder. */
function countDescriptors(): number | undefined {
  try {
    return readdirSync('/proc/self/fd').length
  } catch {
    return undefined
  }
}
