import { styleText } from 'node:util'
import type { Finding } from '../compare.ts'
import { differences } from '../differences/index.ts'
import { anchor } from '../differences/page.ts'
import type { CaseResult } from '../run.ts'
import type { Summary } from './summary.ts'

const longest = 400
const longestText = 20_000

/**
 * The report for a person: each undeclared difference as a diff, then the declared ones that came up,
 * by their numbers, and the figures.
 *
 * @param isVerbose whether a declared difference is shown as a diff too. @default false
 */
export function reportTerminal(
  summary: Summary,
  colour: boolean,
  isVerbose: boolean = false,
): string {
  const paint = (style: Parameters<typeof styleText>[0], text: string) =>
    colour ? styleText(style, text, { validateStream: false }) : text
  const lines: string[] = []
  for (const result of summary.failed) {
    const { case: of, like } = result
    if (like === undefined) lines.push(...describeFailure(result, paint, isVerbose), '')
    else lines.push(`${paint('red', 'undeclared')}  ${of.name}${paint('dim', `  like ${like}`)}`)
  }
  for (const line of summary.outdated) lines.push(`${paint('yellow', 'out of date')}  ${line}`)
  const counts = [...summary.seen].sort(([a], [b]) => a.localeCompare(b))
  for (const [number, targets] of counts) {
    const where = [...targets].map(([target, count]) => `${target} ${count}×`).join(', ')
    lines.push(...nameOf(number), paint('dim', `      ${where}`))
    if (isVerbose) {
      const examples = [...(summary.examples.get(number)?.values() ?? [])]
      lines.push(...alike(examples).flatMap((findings) => describeFindings(findings, paint)))
    }
  }
  for (const [target, count] of summary.deviations) {
    lines.push(`${paint('red', `${target} deviates in ${count}`)}`)
  }
  const failed = summary.failed.length
  const verdict =
    failed === 0
      ? paint('green', 'no undeclared difference')
      : paint('red', `${failed} with an undeclared difference`)
  const cases = summary.cases === 1 ? '1 case' : `${summary.cases} cases`
  lines.push(`${cases} on ${summary.targets.join(', ')}: ${verdict}`)
  return `${lines.join('\n')}\n`
}

/** Its title, and where to read of it. */
function nameOf(number: string): string[] {
  const difference = differences.find((each) => each.number === number)
  if (!difference) return [number]
  const { title } = difference
  return [`${number}  ${title}`, `      docs/differences.md#${anchor(number, title)}`]
}

type Paint = (style: Parameters<typeof styleText>[0], text: string) => string

function describeFailure(result: CaseResult, paint: Paint, isVerbose: boolean): string[] {
  const { case: of, undeclared, failedStep, logged = [] } = result
  const title = failedStep && 'title' in failedStep ? failedStep.title : ''
  const isInFile = of.text === undefined
  const step = isInFile && failedStep ? `${of.file}:${failedStep.line}  ` : ''
  const place = isInFile ? paint('dim', `  ${of.file}:${of.line}`) : ''
  const told = isVerbose ? undeclared : undeclared.filter((each) => isOfNote(each, undeclared))
  const folded = new Set(
    undeclared.filter((each) => !told.includes(each)).map(({ field }) => field),
  )
  return [
    `${paint('red', 'undeclared')}  ${of.name}${place}`,
    paint('dim', `  ${step}${title}`),
    ...alike(told).flatMap((findings) => describeFindings(findings, paint, of.file)),
    ...(folded.size > 0 ? [paint('dim', `  ${folded.size} more with --verbose`)] : []),
    ...logged.flatMap(({ target, text }) => [
      `  ${target} logged:`,
      ...text.split('\n').map((line) => paint('dim', `    ${line}`)),
    ]),
    ...(of.text === undefined ? [] : describeText(of.text(), paint)),
  ]
}

/** Where a target answers something else altogether, its other fields tell nothing more. */
function isOfNote({ target, field, line }: Finding, all: readonly Finding[]): boolean {
  const isOther = all.some((each) => each.target === target && each.field === 'status')
  const tells = line !== undefined || /^(?:status|body|process|log)$/.test(field)
  return !isOther || tells
}

/** Not indented: it is to be pasted. */
function describeText(text: string, paint: Paint): string[] {
  if (text.length > longestText) {
    return [paint('dim', `  as a case it has ${text.length} bytes: --json has it`)]
  }
  return [paint('dim', '  as a case, for a file below parity:'), '', text.trimEnd()]
}

/** Targets that show the same are one diff: the versions of a runtime mostly do. */
function alike(findings: readonly Finding[]): readonly (readonly Finding[])[] {
  const groups = Map.groupBy(findings, ({ field, expected, got }) =>
    JSON.stringify([field, expected, got]),
  )
  return [...groups.values()]
}

/** @param file of the case, where it is in one */
function describeFindings(findings: readonly Finding[], paint: Paint, file?: string): string[] {
  const { field, expected, got, rest, line } = findings[0]!
  const names = [...new Set(findings.map(({ target }) => target))].join(', ')
  const agreeing = rest.length > 0 ? ` (not as ${rest.join(', ')})` : ''
  const place = line === undefined || file === undefined ? '' : `  ${file}:${line}`
  return [
    `  ${names}: ${field}${paint('dim', agreeing + place)}`,
    paint('green', `    - ${shown(expected)}`),
    paint('red', `    + ${shown(got)}`),
  ]
}

/** Bytes that no terminal should get are escaped. */
function shown(text: string): string {
  const short = text.length > longest ? `${text.slice(0, longest)}… (${text.length} bytes)` : text
  return JSON.stringify(short).slice(1, -1).replaceAll('\\"', '"')
}
