import type { DeclaredAnswer } from './case.ts'
import { parseDeclared } from './declared.ts'
import { noResponse, ofUpload, parseExpected } from './expected.ts'
import { inLine, isFilled, type Line, LineError } from './lines.ts'

/** The lines of a step below its directives. */
export interface Answers {
  readonly request: readonly Line[]
  readonly expected: readonly [Line, ...Line[]] | undefined
  readonly declared: readonly DeclaredAnswer[]
}

/**
 * Parts what is sent from what is expected, and that from `[D-01 workerd]` and what follows it.
 *
 * @param isUpload whether the answer is for a later step
 */
export function splitAnswers(lines: readonly Line[], isUpload: boolean): Answers {
  const request: Line[] = []
  let expected: [Line, ...Line[]] | undefined
  const others: { readonly at: Line; readonly label: string; readonly lines: Line[] }[] = []
  for (const line of lines) {
    const [, label] = /^\[(D-.*)\]$/.exec(line.text) ?? []
    if (label !== undefined) others.push({ at: line, label, lines: [] })
    else if (others.length === 0 && !expected && isAnswer(line, request, isUpload)) {
      expected = [line]
    } else (others.at(-1)?.lines ?? expected ?? request).push(line)
  }
  const declared = others.map(({ at, label, lines: of }) => {
    const named = inLine(at, () => parseDeclared(label))
    if (!of.some(isFilled)) {
      throw new LineError(at.number, `${at.text} does not say what comes instead`)
    }
    return { ...named, expected: parseExpected(of.slice(of.findIndex(isFilled))) }
  })
  return { request, expected, declared }
}

/** Where nothing but raw bytes is sent, what comes may be no response. */
function isAnswer({ text }: Line, request: readonly Line[], isUpload: boolean): boolean {
  if (/^HTTP\/\S* \S*/.test(text) || (isUpload && ofUpload.test(text))) return true
  return noResponse.test(text) && !request.some(isFilled)
}
