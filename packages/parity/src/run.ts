import type { Case, RequestStep, ScheduleStep, Step, WebSocketStep } from './cases/case.ts'
import type { Finding } from './compare.ts'
import type { Difference } from './differences/difference.ts'
import type { Fleet, Member } from './fleet.ts'
import { listenToLines } from './log-lines.ts'
import { explain, judge, judgeLook, type Verdict } from './judge.ts'
import { type Logged, listenToLogs } from './logged.ts'
import { type FetchRequest, fetchRequestOf, look } from './look.ts'
import type { Observation } from './observation.ts'
import { isNamed } from './targets/named.ts'
import { createEncoder } from './wire/frame.ts'
import { converse } from './wire/web-socket.ts'

/** What came of one case. */
export interface CaseResult extends Verdict {
  readonly case: Case
  /** The step that the first undeclared finding is of. */
  readonly failedStep: Step | undefined
  /** Errors that the targets of its undeclared findings have logged meanwhile. @default none */
  readonly logged?: readonly Logged[]
  /** An earlier one that failed in the same fields of the same targets. @default none did */
  readonly like?: string
}

/** Who is named by it gets a pipelined request when the one before is answered. */
const pipelining = 'D-38'

/** Until what is asked for eventually is there. */
const eventuallyMs = 10_000

/**
 * Replays one case on every target, and compares. It ends at the first step that differs. After the
 * last each step that a standard client can repeat is asked again with `fetch`.
 */
export async function runCase(
  fleet: Fleet,
  each: Case,
  differences: readonly Difference[],
): Promise<CaseResult> {
  const listen = listenToLogs(fleet)
  const result = await replay(fleet, each, differences)
  const failed = new Set(result.undeclared.map(({ target }) => target))
  return failed.size === 0 ? result : { ...result, logged: await listen(failed) }
}

async function replay(
  fleet: Fleet,
  each: Case,
  differences: readonly Difference[],
): Promise<CaseResult> {
  const seen: Verdict['seen'][number][] = []
  const outdated: Verdict['outdated'][number][] = []
  for (const { client } of fleet.members) client().hangUp()
  const again: SecondLook[] = []
  for (const [index, step] of each.steps.entries()) {
    if (step.kind === 'restart') {
      await fleet.restart()
      continue
    }
    const verdict =
      step.kind === 'request'
        ? await runRequest(
            fleet,
            step,
            each.steps[index - 1],
            pipelinedOf(each.steps[index + 1]),
            differences,
            again,
          )
        : step.kind === 'schedule'
          ? await runSchedule(fleet, step)
          : await runWebSocket(fleet, step)
    seen.push(...verdict.seen)
    outdated.push(...verdict.outdated)
    const ended = await endedOf(fleet)
    if (verdict.undeclared.length > 0 || ended.length > 0) {
      const undeclared = [...verdict.undeclared, ...ended]
      return { case: each, undeclared, seen, outdated, failedStep: step }
    }
  }
  for (const second of again) {
    const { undeclared, seen: came } = await lookAgain(fleet, second, differences)
    seen.push(...came)
    if (undeclared.length > 0) {
      return { case: each, undeclared, seen, outdated, failedStep: second.step }
    }
  }
  return { case: each, undeclared: [], seen, outdated, failedStep: undefined }
}

/** The step that is sent together with the one before it. */
function pipelinedOf(step: Step | undefined): RequestStep | undefined {
  return step?.kind === 'request' && step.isPipelined ? step : undefined
}

/** A step to ask again. */
interface SecondLook {
  readonly step: RequestStep
  readonly request: FetchRequest
  /** Targets whose answer was another one as a whole. */
  readonly except: ReadonlySet<string>
}

/** What a standard client sees of a step, compared across the targets. */
async function lookAgain(
  fleet: Fleet,
  { step, request, except }: SecondLook,
  differences: readonly Difference[],
): Promise<Pick<Verdict, 'undeclared' | 'seen'>> {
  const asked = fleet.members.map(async ({ target, running }): Promise<[string, Observation]> => {
    return [target.name, await look(running().address, request)]
  })
  const all = new Map((await Promise.all(asked)).filter(([target]) => !except.has(target)))
  const { undeclared, seen } = judgeLook(step, all, differences)
  const marked = undeclared.map((finding) => ({ ...finding, field: `${finding.field} in fetch` }))
  return { undeclared: [...marked, ...(await endedOf(fleet))], seen }
}

function hasEnded({ running }: Member): boolean {
  return running().ended() !== undefined
}

/** No request may end a process; one that did is started again for the cases that follow. */
async function endedOf(fleet: Fleet): Promise<readonly Finding[]> {
  const ended = fleet.members.flatMap(({ target, running }) => {
    const how = running().ended()
    if (how === undefined) return []
    return [{ target: target.name, field: 'process', expected: 'serving', got: how, rest: [] }]
  })
  if (ended.length > 0) await fleet.restart(hasEnded)
  return ended
}

async function runRequest(
  fleet: Fleet,
  step: RequestStep,
  before: Step | undefined,
  following: RequestStep | undefined,
  differences: readonly Difference[],
  again: SecondLook[],
): Promise<Verdict> {
  const inTurn = differences.find(({ number }) => number === pipelining)?.targets ?? []
  const deadline = performance.now() + eventuallyMs
  const otherLines = listenToLines(fleet, step)
  for (;;) {
    const asked = fleet.members.map(async (member): Promise<[string, Observation]> => [
      member.target.name,
      await member
        .client()
        .ask(step, isNamed(member.target.name, inTurn) ? undefined : following?.bytes),
    ])
    const all = new Map(await Promise.all(asked))
    const verdict = judge(step, all, differences, before?.kind === 'request' ? before : undefined)
    const isLast = !step.eventually || performance.now() > deadline
    if (verdict.undeclared.length === 0 || isLast) {
      const request = fetchRequestOf(step)
      if (request && !hasNoEnd(all))
        again.push({ step, request, except: answeredOtherwise(verdict) })
      const silent = await Promise.all(fleet.members.map((member) => missingLogs(member, step)))
      const others = explain(await otherLines(), step, all, differences)
      return {
        ...verdict,
        seen: [...verdict.seen, ...others.seen],
        undeclared: [...verdict.undeclared, ...silent.flat(), ...others.undeclared],
      }
    }
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
}

/** Targets whose status is a declared difference: the rest of their answer is another one too. */
function answeredOtherwise({ seen }: Verdict): ReadonlySet<string> {
  const statuses = seen.filter(({ finding }) => finding?.field === 'status')
  return new Set(statuses.map(({ target }) => target))
}

/** A stream without an end: a standard client would wait for it. */
function hasNoEnd(all: ReadonlyMap<string, Observation>): boolean {
  return [...all.values()].some((seen) => seen.get('body')?.endsWith('(no end)'))
}

/** Lines of a log come a moment after the response. */
async function missingLogs(
  member: Member,
  { logs, logLine: line }: RequestStep,
): Promise<readonly Finding[]> {
  const deadline = performance.now() + (logs.length > 0 ? eventuallyMs : 0)
  for (;;) {
    const lines = member.running().logs()
    const missing = logs.filter((text) => !lines.some((each) => each.text.includes(text)))
    if (missing.length === 0 || performance.now() > deadline) {
      const target = member.target.name
      const got = 'no such line'
      return missing.map((text) => ({ target, field: 'log', expected: text, got, rest: [], line }))
    }
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
}

async function runSchedule(fleet: Fleet, step: ScheduleStep): Promise<Verdict> {
  const runs = fleet.members.map(async ({ target, running }) => ({
    target: target.name,
    got: await running().runSchedule(step),
  }))
  const outcomes = await Promise.all(runs)
  const expected = step.expected ?? outcomes[0]!.got
  const line = step.expectedLine
  const undeclared = outcomes
    .filter(({ got }) => got !== expected)
    .map(({ target, got }) => ({ target, field: 'schedule', expected, got, rest: [], line }))
  return { undeclared, seen: [], outdated: [] }
}

async function runWebSocket(fleet: Fleet, step: WebSocketStep): Promise<Verdict> {
  const encode = createEncoder()
  const talks = fleet.members.map((member) => talk(fleet, member, step, encode))
  const verdicts = await Promise.all(talks)
  return {
    undeclared: verdicts.flatMap(({ undeclared }) => undeclared),
    seen: verdicts.flatMap(({ seen }) => seen),
    outdated: verdicts.flatMap(({ outdated }) => outdated),
  }
}

/** Where the case declares a difference, what it says comes instead must come, to the letter. */
async function talk(
  fleet: Fleet,
  member: Member,
  step: WebSocketStep,
  encode: (frame: string) => Buffer,
): Promise<Verdict> {
  const target = member.target.name
  let restarted: Promise<void> | undefined
  const restart = () => (restarted = fleet.restart((each) => each === member))
  const say = async (script: WebSocketStep['script']) => {
    const miss = await converse(member.running().address, step, script, restart, encode)
    await restarted
    return miss
  }
  const instead = step.declared.find(({ targets }) => isNamed(target, targets))
  const miss = await say((instead ?? step).script)
  const found = { undeclared: [], seen: [], outdated: [] }
  if (!miss)
    return instead ? { ...found, seen: [{ difference: instead.difference, target }] } : found
  if (instead && !(await say(step.script))) {
    return { ...found, outdated: [{ difference: instead.difference, target }] }
  }
  return { ...found, undeclared: [{ target, field: 'websocket', ...miss, rest: [] }] }
}
