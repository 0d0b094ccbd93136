import { cp } from 'node:fs/promises'
import path from 'node:path'
import { MooringError } from '@mooring/core'
import { shownPath } from '../shown-path.ts'
import { describe } from './describe.ts'

/**
 * Copies the static files of the app to where its bundle looks for them. Both are asked, since the
 * folder is declared relative to a module, and a bundle is another module in another place.
 *
 * @throws MOORING_E_BUILD where that is outside of `dist`
 */
export async function copyStaticFolder(entry: string, main: string, dist: string): Promise<void> {
  const folder = path.dirname(dist)
  const source = await describe(entry, folder)
  // What it compiles goes to its own place, and not to the one for what this command compiles.
  const bundled = await describe(main, folder, { NODE_COMPILE_CACHE: undefined })
  if (source.static === null || bundled.static === null) return
  if (path.relative(dist, bundled.static).startsWith('..')) {
    throw new MooringError('MOORING_E_BUILD', {
      message: `The bundle of ${source.name} would serve static files from ${shownPath(bundled.static)}.`,
      why: `That is outside of ${shownPath(dist)}, which is all that is deployed.`,
      fix: "declare the folder one level up at the most: static: { folder: '../public', base: import.meta.url }",
    })
  }
  await cp(source.static, bundled.static, { recursive: true })
}
