import type { CaseResult } from '../run.ts'
import type { Summary } from './summary.ts'

/** The report as one JSON object. */
export function reportJson(summary: Summary, results: readonly CaseResult[]): string {
  const report = {
    targets: summary.targets,
    cases: results.map(({ case: of, undeclared, seen, outdated, failedStep, logged = [] }) => ({
      name: of.name,
      file: of.file,
      line: of.line,
      text: undeclared.length > 0 ? of.text?.() : undefined,
      failedLine: failedStep?.line,
      undeclared,
      seen,
      outdated,
      logged,
    })),
    deviations: Object.fromEntries(summary.deviations),
    differences: Object.fromEntries(
      [...summary.seen].map(([number, targets]) => [number, Object.fromEntries(targets)]),
    ),
    outdated: summary.outdated,
  }
  return `${JSON.stringify(report, undefined, 2)}\n`
}

/** The report as JUnit XML: a suite for each file of cases. */
export function reportJunit(summary: Summary, results: readonly CaseResult[]): string {
  const files = Map.groupBy(results, ({ case: { file } }) => file)
  const suites = [...files].map(([file, of]) => {
    const failures = of.filter(({ undeclared }) => undeclared.length > 0).length
    const cases = of.map((result) => junitCase(result)).join('')
    return `  <testsuite name="${escape(file)}" tests="${of.length}" failures="${failures}">\n${cases}  </testsuite>\n`
  })
  const late = summary.outdated.map(
    (line) =>
      `    <testcase classname="differences" name="${escape(line)}"><failure message="out of date"/></testcase>\n`,
  )
  const differences = `  <testsuite name="differences" tests="${late.length}" failures="${late.length}">\n${late.join('')}  </testsuite>\n`
  return `<?xml version="1.0" encoding="UTF-8"?>\n<testsuites name="parity">\n${suites.join('')}${differences}</testsuites>\n`
}

function junitCase({ case: of, undeclared, failedStep, logged = [] }: CaseResult): string {
  const place = of.text === undefined ? ` file="${escape(of.file)}" line="${of.line}"` : ''
  const head = `    <testcase classname="${escape(of.file)}" name="${escape(of.name)}"${place}`
  if (undeclared.length === 0) return `${head}/>\n`
  const at = (line: number | undefined) =>
    line === undefined || of.text !== undefined ? '' : `${of.file}:${line}: `
  const text = [
    ...undeclared.map(
      ({ target, field, expected, got, line }) =>
        `${at(line ?? failedStep?.line)}${target}, ${field}\n- ${expected}\n+ ${got}`,
    ),
    ...logged.map((line) => `${line.target} logged: ${line.text}`),
    ...(of.text === undefined ? [] : [of.text()]),
  ].join('\n')
  return `${head}><failure message="undeclared difference">${escape(text)}</failure></testcase>\n`
}

/** XML 1.0 has no control characters, not even escaped. */
function escape(text: string): string {
  return text
    .replace(/[\0-\x08\x0b\x0c\x0e-\x1f]/g, '\uFFFD')
    .replace(/[&<>"]/g, (character) => `&#${character.charCodeAt(0)};`)
}
