/** Whether a character is a control character other than a tab and a line feed. */
export function isControl(character: string): boolean {
  return character < ' ' && character !== '\t' && character !== '\n'
}

/** Characters of a line that are shown; a minified program shows its source with an error. */
const shownCharacters = 200

/**
 * The lines of a text that say something: all of them when they are few, else the first and the last.
 * What went wrong stands first with some runtimes, and last with others.
 */
export function excerpt(text: string, first = 5, last = 3): string[] {
  const lines = text
    .split('\n')
    .filter((line) => line.trim() !== '')
    .map((line) =>
      line.length > shownCharacters ? `${line.slice(0, shownCharacters)}…` : line.trimEnd(),
    )
  const left = lines.length - first - last
  if (left <= 1) return lines
  return [...lines.slice(0, first), `… ${left} more lines …`, ...lines.slice(-last)]
}

/** The last line of a text. */
export function lastLine(text: string): string {
  return excerpt(text).at(-1) ?? ''
}
