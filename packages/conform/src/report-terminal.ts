import { styleText } from 'node:util'
import type { Clause } from './clause.ts'
import type { Trouble } from './probe.ts'
import { details, lead, summary } from './report.ts'
import type { Result } from './run.ts'

type Style = Parameters<typeof styleText>[0]

const marks = {
  pass: ['pass', 'green'],
  fail: ['FAIL', 'red'],
  'not applicable': ['n/a ', 'dim'],
} as const

/** For people: every clause on a line, and below a failure what was seen and how to mend it. */
export function reportTerminal(
  results: readonly Result[],
  trouble: Trouble | undefined,
  isColoured: boolean,
): string {
  const paint = (style: Style, text: string) =>
    isColoured ? styleText(style, text, { validateStream: false }) : text
  const lines = results.flatMap((result) => {
    const { clause, outcome } = result
    const [mark, colour] = marks[outcome.result]
    const isMild = outcome.result === 'fail' && clause.level === 'SHOULD'
    const level = clause.level.padEnd(6)
    const line = `${paint(isMild ? 'yellow' : colour, mark)} ${clause.id} ${level} ${clause.sentence}`
    const more =
      outcome.result === 'not applicable' ? [['why', outcome.why] as const] : details(result)
    const below = more.map(([label, text]) => {
      const indented = text.replaceAll('\n', `\n${' '.repeat(22)}`)
      return paint('dim', `            ${label.padEnd(9)} `) + indented
    })
    return [line, ...below]
  })
  const said = trouble ? `${paint('bold', lead(trouble))}\n\n` : ''
  return `${said}${lines.join('\n')}\n\n${summary(results)}\n`
}

/** A line on a terminal that says what is being looked at. */
export class Progress {
  private readonly running = new Set<string>()
  private readonly total: number
  private done = 0

  constructor(total: number) {
    this.total = total
  }

  start(clause: Clause): void {
    this.running.add(clause.id)
    this.draw()
  }

  end({ clause }: Result): void {
    this.running.delete(clause.id)
    this.done++
    this.draw()
  }

  clear(): void {
    process.stderr.write('\r\u001b[K')
  }

  private draw(): void {
    const text = `${this.done}/${this.total}  ${[...this.running].join(' ')}`
    process.stderr.write(`\r\u001b[K${text.slice(0, (process.stderr.columns || 80) - 1)}`)
  }
}
