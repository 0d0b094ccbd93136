import { readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import type { Profile } from '../src/target.ts'

/** A real server, as `subject.json` in a folder of its own describes it. */
export interface SubjectFile {
  /** The folder. */
  readonly id: string
  readonly folder: string
  readonly name: string
  readonly profile: Profile
  readonly command: readonly [string, ...string[]]
  /** Packages and versions of npm. */
  readonly npm?: Readonly<Record<string, string>>
  /** Debian packages; the first one's version is the server's. */
  readonly apt?: readonly string[]
  /** A package of this repository whose dependencies it takes. */
  readonly workspace?: string
  /** Commands to run once in its folder. */
  readonly prepare?: readonly string[]
  /** Further options for `conform`. */
  readonly options?: readonly string[]
}

export const here: string = fileURLToPath(new URL('.', import.meta.url))

/** Every subject, Mooring first and the others by their folder. */
export function readSubjects(): SubjectFile[] {
  const ids = readdirSync(here, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => name)
    .sort(
      (one, other) =>
        Number(other === 'mooring') - Number(one === 'mooring') || (one < other ? -1 : 1),
    )
  return ids.map((id) => {
    const folder = `${here}${id}/`
    return {
      ...(JSON.parse(readFileSync(`${folder}subject.json`, 'utf8')) as SubjectFile),
      id,
      folder,
    }
  })
}
