import other from 'mime/types/other.js'
import standard from 'mime/types/standard.js'

type Table = Readonly<Record<string, readonly string[]>>

const tables: readonly Table[] = [standard, other]
const found = new Map<string, string | undefined>()

/**
 * The media type that the ending of a file's name says, by the table that Workers' own tool has.
 *
 * `mime` makes an index of the whole table when it is loaded, a tenth of a start, and an app has
 * files of a few types.
 */
export function mediaTypeOf(file: string): string | undefined {
  const [, ending] = /[^/]\.([^./]+)$/.exec(file.toLowerCase()) ?? []
  if (ending === undefined) return undefined
  if (!found.has(ending)) found.set(ending, lookUp(ending))
  return found.get(ending)
}

/** An ending with a star is one of another type first. */
function lookUp(ending: string): string | undefined {
  for (const table of tables) {
    for (const type in table) if (table[type]!.includes(ending)) return type
  }
  return undefined
}
