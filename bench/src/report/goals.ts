import type { Figure } from '../figures.ts'
import type { Results } from '../results.ts'
import { baseline } from '../peers.ts'
import { remedies } from './remedies.ts'

export type Verdict = 'met' | 'not met' | 'too noisy' | 'not measured'

/** What Mooring is to reach, and whether it has. */
export interface Goal {
  readonly key: string
  readonly text: string
  readonly got: string
  readonly verdict: Verdict
  /** What would take the rest away; only of a goal that is not met. */
  readonly remedy?: string
}

/** Those of the workloads that the goals of CPU time are about. */
const small = ['text', 'json', 'post']

const mostOverRawBytes = 20 * 1024 ** 2

/** Every goal, in the order in which they were set. */
export function goalsOf(results: Results): Goal[] {
  const { requests, events, webSockets, idle, start, growth, workerd } = results
  const rows = requests?.rows ?? []
  const ratio = (name: string, workload: string) =>
    rows.find((row) => row.name === name)?.cells[workload]?.ratio
  const asked = (workload: string) => rows.some(({ cells }) => workload in cells)
  const request = (workload: string, most: number) =>
    atMost(
      workload,
      `${titleOf(workload)}: CPU time at most ${most} of raw`,
      asked(workload),
      ratio('mooring', workload),
      most,
    )
  const links = start?.rows.find(({ name }) => name === 'links')
  const raw = start?.rows.find(({ name }) => name === baseline)
  const overBytes = links && raw && links.residentBytes.median - raw.residentBytes.median
  const onWorkerd = workerd?.rows.find(({ name }) => name === 'mooring')
  const byChance = workerd?.rows.at(-1)
  return [
    ...small.map((workload) => request(workload, 1.05)),
    ...small.map((workload) => below(workload, titleOf(workload), results)),
    request('file', 1.1),
    request('stream', 1.1),
    noDearer(
      'events',
      'Event streams: no dearer than raw writes',
      events !== undefined,
      events?.rows.find(({ name }) => name === 'mooring')?.ratio,
    ),
    noDearer(
      'web-sockets',
      'WebSockets: no dearer than ws',
      webSockets !== undefined,
      webSockets?.rows.find(({ name }) => name === 'mooring')?.ratio,
    ),
    atMost(
      'idle',
      'An idle connection: memory at most 1.1 of raw',
      idle !== undefined,
      idle?.rows.find(({ name }) => name === 'mooring')?.ratio,
      1.1,
    ),
    atMost(
      'start',
      'Start of the bundled app: at most 1.5 of raw',
      start !== undefined,
      links?.ratio,
      1.5,
    ),
    goal(
      'memory',
      'Memory after the start of the bundled app: at most 20 MB over raw',
      start !== undefined,
      overBytes === undefined ? undefined : `${(overBytes / 1024 ** 2).toFixed(1)} MB`,
      (overBytes ?? 0) <= mostOverRawBytes,
    ),
    goal(
      'processes',
      'Two processes: at least 1.8 times one',
      growth !== undefined,
      shown(growth?.processes.ratio),
      (growth?.processes.ratio?.median ?? 0) >= 1.8,
    ),
    ...small.map((workload) =>
      noDearer(
        'workerd',
        `On workerd, ${titleOf(workload)}: CPU time as bare Hono`,
        workerd !== undefined,
        onWorkerd?.cells[workload]?.ratio,
        byChance?.cells[workload]?.ratio,
      ),
    ),
    noDearer(
      'workerd',
      'On workerd: starts as bare Hono',
      workerd !== undefined,
      onWorkerd?.start.ratio,
      byChance?.start.ratio,
    ),
  ]

  function titleOf(workload: string): string {
    const titles: Record<string, string> = {
      text: 'text',
      json: 'JSON',
      post: 'the small POST',
      file: 'A static file',
      stream: 'A stream',
    }
    return titles[workload] ?? workload
  }
}

/** Whether Mooring needs less than each of the frameworks: the medians of one run. */
function below(workload: string, title: string, { requests }: Results): Goal {
  const rows = (requests?.rows ?? []).filter(
    ({ name, isContext }) => !isContext && name !== baseline,
  )
  const medianOf = (name: string) =>
    rows.find((row) => row.name === name)?.cells[workload]?.cpuUs?.median
  const own = medianOf('mooring')
  const others = rows.flatMap(({ name }) => {
    const median = name === 'mooring' ? undefined : medianOf(name)
    return median === undefined ? [] : [{ name, median }]
  })
  const shownOf = ({ name, median }: { name: string; median: number }) =>
    `${name} ${median.toFixed(1)}`
  const ahead = others.filter(({ median }) => median <= (own ?? 0))
  const next = others.toSorted((one, other) => one.median - other.median)[0]
  const place =
    ahead.length === 0
      ? `below all ${others.length}; next is ${next && shownOf(next)}`
      : `not below ${ahead.map(shownOf).join(', ')}`
  return goal(
    workload,
    `${title}: CPU time below every framework`,
    rows.length > 1,
    own !== undefined && others.length === rows.length - 1
      ? `${own.toFixed(1)} µs, ${place}`
      : undefined,
    ahead.length === 0,
  )
}

function atMost(
  key: string,
  text: string,
  isMeasured: boolean,
  ratio: Figure | undefined,
  most: number,
): Goal {
  return goal(key, text, isMeasured, shown(ratio), (ratio?.median ?? 0) <= most)
}

/**
 * Two that are alike differ by chance.
 *
 * @param chance what the same thing, measured twice, differs by; without it, what is no dearer has
 *   rounds in which it is the cheaper one
 */
function noDearer(
  key: string,
  text: string,
  isMeasured: boolean,
  ratio: Figure | undefined,
  chance?: Figure,
): Goal {
  const { median = 0, least = 0 } = ratio ?? {}
  return goal(key, text, isMeasured, shown(ratio), chance ? median <= chance.most : least <= 1)
}

function goal(
  key: string,
  text: string,
  isMeasured: boolean,
  got: string | undefined,
  isMet: boolean,
): Goal {
  const sentence = text[0]!.toUpperCase() + text.slice(1)
  if (!isMeasured) return { key, text: sentence, got: '', verdict: 'not measured' }
  if (got === undefined) return { key, text: sentence, got: '', verdict: 'too noisy' }
  if (isMet) return { key, text: sentence, got, verdict: 'met' }
  const remedy = remedies[key]
  return { key, text: sentence, got, verdict: 'not met', ...(remedy !== undefined && { remedy }) }
}

function shown(ratio: Figure | undefined): string | undefined {
  if (!ratio) return undefined
  return `${ratio.median.toFixed(2)} (${ratio.least.toFixed(2)}–${ratio.most.toFixed(2)})`
}
