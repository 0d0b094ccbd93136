import { execFileSync } from 'node:child_process'
import { release } from 'node:os'
import { node } from '../process.ts'
import type { RouterKind } from './routers/router.ts'
import type { Result, Scenario } from './scenario.ts'
import { type Counts, type Loss, lost, noCounts, outcomes, sum } from './tally.ts'

type Row = readonly (string | number)[]

const losses = outcomes.filter((outcome) => outcome !== 'right')
const columns = ['right', ...losses, 'sent again']

/** What is to be read of a run, as Markdown. */
export function report(
  results: readonly Result[],
  kills: Result | undefined,
  seed: number,
): string {
  const perKind = new Map<string, Counts>()
  for (const { counts } of results) {
    for (const [kind, of] of counts) perKind.set(kind, sum([perKind.get(kind) ?? noCounts(), of]))
  }
  const total = sum(perKind.values())
  const restarts = results.reduce((all, { signals }) => all + signals.length, 0)
  const parts = [
    `${versions(results)}; ${new Date().toISOString().slice(0, 10)}, seed ${seed}.`,
    table(
      ['router', 'restart', 'restarts', 'in flight', ...columns],
      [
        ...results.map((result) => [
          ...nameOf(result.scenario),
          result.signals.length,
          inFlight(result),
          ...cells(sum(result.counts.values())),
        ]),
        ['**in all**', '', restarts, inFlight(...results), ...cells(total)],
      ],
    ),
    table(
      ['requests', ...columns],
      [...perKind].map(([kind, of]) => [kind, ...cells(of)]),
    ),
  ]
  if (kills) parts.push(killReport(kills))
  return parts.join('\n\n')
}

function killReport({ counts, signals, losses: all, scenario }: Result): string {
  const own = all.filter((loss) => wasAnswered(loss, signals))
  return table(
    ['router', 'restart', 'kills', 'in flight', 'right', 'lost with the worker', 'lost besides'],
    [
      [
        ...nameOf(scenario),
        signals.length,
        inFlight({ signals }),
        sum(counts.values()).right,
        own.length,
        all.length - own.length,
      ],
    ],
  )
}

/** Whether what was lost was under way, or its connection open, at a process as it was killed. */
export function wasAnswered(loss: Loss, signals: Result['signals']): boolean {
  return signals.some(({ atMs, goneAtMs = atMs, processId }) => {
    const wasUnderWay = loss.startedAtMs <= goneAtMs && atMs <= loss.endedAtMs
    return loss.servedBy === undefined ? wasUnderWay : loss.servedBy === processId
  })
}

/** Whether nothing was lost, and there was something to lose at every signal. */
export function isFlawless({ counts, signals, scenario }: Result): boolean {
  const wasLoaded = signals.every((signal) => signal.inFlight > 0)
  return lost(sum(counts.values())) === 0 && wasLoaded && signals.length === scenario.restarts
}

/** The first losses, each with when it was, seen from the signal before. */
export function describeLosses({ losses: all, signals, scenario }: Result, most = 10): string {
  const lines = all.slice(0, most).map((loss) => {
    const index = signals.findLastIndex(({ atMs }) => atMs <= loss.endedAtMs)
    const zeroMs = signals[index]?.atMs ?? 0
    const [fromMs, toMs] = [loss.startedAtMs, loss.endedAtMs].map((at) => Math.round(at - zeroMs))
    return `  ${loss.kind}, restart ${index + 1}, from ${fromMs} to ${toMs} ms: ${loss.outcome}: ${loss.detail}`
  })
  if (lines.length === 0) return ''
  return `${nameOf(scenario).join(', ')}: ${all.length} lost\n${lines.join('\n')}\n`
}

/** Its router, and its way of restarting. */
export function nameOf({ router, way, note, isHttp2 }: Scenario): [string, string] {
  const notes = [isHttp2 ? 'HTTP/2 over TLS to the servers' : undefined, note].filter(Boolean)
  return [router.name, [way.name, ...notes].join('; ')]
}

function inFlight(...results: readonly Pick<Result, 'signals'>[]): string {
  const counts = results.flatMap(({ signals }) => signals.map((signal) => signal.inFlight))
  return `${Math.min(...counts)}–${Math.max(...counts)}`
}

function cells(of: Counts): Row {
  return [of.right, ...losses.map((outcome) => of[outcome]), of.again]
}

function table(head: Row, rows: readonly Row[]): string {
  const line = (row: Row) => `| ${row.join(' | ')} |`
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n')
}

function versions(results: readonly Result[]): string {
  const routers = new Set(results.map(({ scenario }) => scenario.router))
  const of = (name: string, text: string) => `${name} ${/\d+(\.\d+)+/.exec(text)?.[0]}`
  return [
    ...[...routers].map((router) => of(router.name, versionOf(router))),
    of('Node', execFileSync(node, ['--version'], { encoding: 'utf8' })),
    of('Linux', release()),
  ].join(', ')
}

/** nginx prints its own on stderr. */
function versionOf({ version: [command, ...args] }: RouterKind): string {
  return execFileSync('sh', ['-c', '"$0" "$@" 2>&1', command, ...args], { encoding: 'utf8' })
}
