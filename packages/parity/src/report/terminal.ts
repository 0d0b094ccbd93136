import { styleText } from 'node:util'
import type { Finding } from '../compare.ts'
import type { CaseResult } from '../run.ts'
import type { Summary } from './summary.ts'

const longest = 400

/** The report for a person: each undeclared difference as a diff, then the figures. */
export function reportTerminal(summary: Summary, colour: boolean): string {
  const paint = (style: Parameters<typeof styleText>[0], text: string) =>
    colour ? styleText(style, text, { validateStream: false }) : text
  const lines: string[] = []
  for (const result of summary.failed) lines.push(...describeFailure(result, paint), '')
  for (const line of summary.outdated) lines.push(`${paint('yellow', 'out of date')}  ${line}`)
  const counts = [...summary.seen].sort(([a], [b]) => a.localeCompare(b))
  for (const [number, targets] of counts) {
    const where = [...targets].map(([target, count]) => `${target} ${count}×`).join(', ')
    lines.push(`${paint('dim', `${number}  ${where}`)}`)
  }
  for (const [target, count] of summary.deviations) {
    lines.push(`${paint('red', `${target} deviates in ${count}`)}`)
  }
  const failed = summary.failed.length
  const verdict =
    failed === 0
      ? paint('green', 'no undeclared difference')
      : paint('red', `${failed} with an undeclared difference`)
  lines.push(`${summary.cases} cases on ${summary.targets.join(', ')}: ${verdict}`)
  return `${lines.join('\n')}\n`
}

type Paint = (style: Parameters<typeof styleText>[0], text: string) => string

function describeFailure(result: CaseResult, paint: Paint): string[] {
  const { case: of, undeclared, failedStep } = result
  const title = failedStep && 'title' in failedStep ? failedStep.title : ''
  return [
    `${paint('red', 'undeclared')}  ${of.name}`,
    paint('dim', `  ${of.file}:${of.line}  ${title}`),
    ...alike(undeclared).flatMap((findings) => describeFindings(findings, paint)),
  ]
}

/** Targets that show the same are one diff: the versions of a runtime mostly do. */
function alike(findings: readonly Finding[]): readonly (readonly Finding[])[] {
  const groups = Map.groupBy(findings, ({ field, expected, got }) =>
    JSON.stringify([field, expected, got]),
  )
  return [...groups.values()]
}

function describeFindings(findings: readonly Finding[], paint: Paint): string[] {
  const { field, expected, got, rest } = findings[0]!
  const names = findings.map(({ target }) => target).join(', ')
  const agreeing = rest.length > 0 ? ` (not as ${rest.join(', ')})` : ''
  return [
    `  ${names}: ${field}${paint('dim', agreeing)}`,
    paint('green', `    - ${shown(expected)}`),
    paint('red', `    + ${shown(got)}`),
  ]
}

/** Bytes that no terminal should get are escaped. */
function shown(text: string): string {
  const short = text.length > longest ? `${text.slice(0, longest)}… (${text.length} bytes)` : text
  return JSON.stringify(short).slice(1, -1).replaceAll('\\"', '"')
}
