/**
 * The names that are most like what was typed, the nearest first.
 *
 * @param most how many
 */
export function nearest(names: Iterable<string>, typed: string, most: number): readonly string[] {
  return [...new Set(names)]
    .map((name) => ({ name, edits: editsBetween(name, typed) }))
    .sort((a, b) => a.edits - b.edits)
    .slice(0, most)
    .map(({ name }) => name)
}

/** How many characters are put in, left out or changed to make the one of the other (Levenshtein). */
function editsBetween(one: string, other: string): number {
  let row = Array.from({ length: other.length + 1 }, (_, index) => index)
  for (const [at, character] of [...one].entries()) {
    const next = [at + 1]
    for (let index = 0; index < other.length; index += 1) {
      const changed = row[index]! + (other[index] === character ? 0 : 1)
      next.push(Math.min(changed, row[index + 1]! + 1, next[index]! + 1))
    }
    row = next
  }
  return row[other.length]!
}
