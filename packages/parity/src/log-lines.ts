import type { RequestStep } from './cases/case.ts'
import type { Finding } from './compare.ts'
import type { Fleet } from './fleet.ts'
import type { LogLine } from './targets/log-line.ts'
import type { ExpectedLine } from './cases/case.ts'

/** Lines of a log come a moment after the response. */
const lateMs = 5_000

/**
 * Begins to listen to what a step logs.
 *
 * @returns waits for the lines, and gives the targets that log others of them, more often, or in
 *   another order; what goes to stdout and what goes to stderr are two orders
 */
export function listenToLines(
  { members }: Fleet,
  { logged: expected, logLine: line }: Pick<RequestStep, 'logged' | 'logLine'>,
  mostMs: number = lateMs,
): () => Promise<readonly Finding[]> {
  if (expected.length === 0) return async () => []
  const before = members.map(({ target, running }) => {
    const { logs } = running()
    return { target: target.name, logs, count: logs().length }
  })
  return async () => {
    const findings = before.map(async ({ target, logs, count }): Promise<readonly Finding[]> => {
      const deadline = performance.now() + mostMs
      for (;;) {
        const lines = logs().slice(count)
        if (isAsExpected(lines, expected)) return []
        if (performance.now() > deadline) return [{ ...findingOf(target, lines, expected), line }]
        await new Promise((resolve) => setTimeout(resolve, 20))
      }
    })
    return (await Promise.all(findings)).flat()
  }
}

function isAsExpected(lines: readonly LogLine[], expected: readonly ExpectedLine[]): boolean {
  const told = lines.filter((line) => expected.some((each) => isOf(line, each)))
  return (
    told.length === expected.length &&
    (['out', 'err'] as const).every((to) => {
      const inOrder = told.filter((line) => line.to === to)
      const wanted = expected.filter((each) => inOrder.some((line) => isOf(line, each)))
      return inOrder.every((line, index) => isOf(line, wanted[index]!))
    })
  )
}

function isOf(line: LogLine, { level, text }: ExpectedLine): boolean {
  return levelOf(line) === level && line.text.includes(text)
}

function levelOf({ text, to }: LogLine): string {
  try {
    return (JSON.parse(text) as { readonly level?: string } | null)?.level ?? to
  } catch {
    return to
  }
}

function findingOf(
  target: string,
  lines: readonly LogLine[],
  expected: readonly ExpectedLine[],
): Finding {
  const said = expected.map(({ level, text }) => `${level} ${text}`).join('\n')
  const got = lines.map((line) => `${levelOf(line)} ${line.text}`).join('\n') || 'no line'
  return { target, field: 'log', expected: said, got, rest: [] }
}
