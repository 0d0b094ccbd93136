import type { Trouble } from './probe.ts'
import { isConforming, type Result } from './run.ts'
import type { Target } from './target.ts'
import { isControl } from './text.ts'

/** How many clauses of each level passed, failed or did not apply. */
export interface Totals {
  readonly passed: number
  readonly failedMust: number
  readonly failedShould: number
  readonly notApplicable: number
}

export function totals(results: readonly Result[]): Totals {
  const count = (is: (result: Result) => boolean) => results.filter(is).length
  return {
    passed: count(({ outcome }) => outcome.result === 'pass'),
    failedMust: count(
      ({ outcome, clause }) => outcome.result === 'fail' && clause.level === 'MUST',
    ),
    failedShould: count(
      ({ outcome, clause }) => outcome.result === 'fail' && clause.level === 'SHOULD',
    ),
    notApplicable: count(({ outcome }) => outcome.result === 'not applicable'),
  }
}

/** What a failure needs said, as label and text. */
export function details({ clause, outcome }: Result): readonly (readonly [string, string])[] {
  if (outcome.result !== 'fail') return []
  return [
    ['sent', outcome.sent],
    ['expected', outcome.expected],
    ['got', outcome.got],
    ['mend', clause.mend],
    ['source', clause.source],
  ]
}

/** Why the command does not come to work, before all else: every clause follows from it. */
export function lead({ got, said, isMisconfigured }: Trouble): string {
  const lines = [
    `The command does not come to work: ${got}${said.length > 0 ? '. It says:' : ''}`,
    ...said.map((line) => `  ${line}`),
    ...(isMisconfigured ? ['To give it a variable: --env NAME=value'] : []),
  ]
  return lines.join('\n')
}

/** For machines. */
export function reportJson(
  target: Target,
  results: readonly Result[],
  trouble: Trouble | undefined,
): string {
  const clauses = results.map(({ clause, outcome, ms }) => ({
    id: clause.id,
    level: clause.level,
    sentence: clause.sentence,
    ...outcome,
    ...(outcome.result === 'fail' ? { mend: clause.mend } : {}),
    ms,
  }))
  const { command, profile } = target
  const report = {
    command,
    profile,
    conforms: isConforming(results),
    ...(trouble && { trouble: lead(trouble) }),
    totals: totals(results),
    clauses,
  }
  return `${JSON.stringify(report, undefined, 2)}\n`
}

/** For CI systems: a SHOULD that fails is a test that was skipped, with what was seen. */
export function reportJunit(
  target: Target,
  results: readonly Result[],
  trouble: Trouble | undefined,
): string {
  const { failedMust, failedShould, notApplicable } = totals(results)
  const cases = results.map((result) => {
    const { clause, outcome, ms } = result
    const name = escapeXml(`${clause.id} ${clause.sentence}`)
    const text = details(result)
      .map(([label, value]) => `${label}: ${value}`)
      .join('\n')
    const inner = () => {
      if (outcome.result === 'pass') return ''
      if (outcome.result === 'not applicable')
        return `<skipped message="${escapeXml(outcome.why)}"/>`
      if (clause.level === 'SHOULD') return `<skipped message="${escapeXml(text)}"/>`
      return `<failure message="${escapeXml(outcome.got)}">${escapeXml(text)}</failure>`
    }
    const where = escapeXml(clause.section)
    return `  <testcase classname="${where}" name="${name}" time="${ms / 1000}">${inner()}</testcase>\n`
  })
  const counts = `tests="${results.length}" failures="${failedMust}" skipped="${failedShould + notApplicable}"`
  const suite = escapeXml(target.command.join(' '))
  const said = trouble ? `  <system-err>${escapeXml(lead(trouble))}</system-err>\n` : ''
  return `<?xml version="1.0" encoding="UTF-8"?>\n<testsuite name="${suite}" ${counts}>\n${cases.join('')}${said}</testsuite>\n`
}

/** For a page or a pull request. */
export function reportMarkdown(
  target: Target,
  results: readonly Result[],
  trouble: Trouble | undefined,
): string {
  const rows = results.map(({ clause, outcome }) => {
    const seen = outcome.result === 'fail' ? `${outcome.got} (expected: ${outcome.expected})` : ''
    const why = outcome.result === 'not applicable' ? outcome.why : seen
    const cells = [clause.id, clause.level, clause.sentence, outcome.result, why]
    return `| ${cells.map(escapeCell).join(' | ')} |`
  })
  const head = '| Clause | Level | Sentence | Result | Seen |\n| --- | --- | --- | --- | --- |'
  const said = trouble ? `\`\`\`\n${lead(trouble)}\n\`\`\`\n\n` : ''
  return `# \`${target.command.join(' ')}\`\n\n${said}${summary(results)}\n\n${head}\n${rows.join('\n')}\n`
}

/** The result in one sentence. */
export function summary(results: readonly Result[]): string {
  const { passed, failedMust, failedShould, notApplicable } = totals(results)
  const verdict = isConforming(results) ? 'conforms' : 'does not conform'
  return `${verdict}: ${passed} passed, ${failedMust} MUST and ${failedShould} SHOULD failed, ${notApplicable} not applicable`
}

function escapeCell(text: string): string {
  return text.replaceAll('|', '\\|').replaceAll('\n', '<br>')
}

function escapeXml(text: string): string {
  const entities: Readonly<Record<string, string>> = {
    '&': '&amp;',
    '<': '&lt;',
    '>': '&gt;',
    '"': '&quot;',
    '\n': '&#10;',
  }
  // XML 1.0 has no way to write the other control characters.
  const plain = Array.from(text, (character) => (isControl(character) ? '?' : character)).join('')
  return plain.replace(/[&<>"\n]/g, (character) => entities[character] ?? character)
}
