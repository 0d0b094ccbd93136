import { existsSync } from 'node:fs'
import { rm, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { MooringError } from '@mooring/core'
import { exitCodes } from '../exit-codes.ts'
import { bundle } from './bundle.ts'
import { shareCompiled, writeStartFile } from './start-file.ts'
import { copyStaticFolder } from './static-folder.ts'
import { describeFiles } from './table.ts'

/**
 * Bundles the app of a folder: `dist/main.js`, which starts it, its code in `dist/server`, and its
 * static files where that looks for them. Nothing of `node_modules` is needed to run it.
 *
 * @returns the status to exit with
 * @throws MOORING_E_CLI, MOORING_E_BUILD
 */
export async function build(given: string): Promise<number> {
  const folder = path.resolve(given)
  const entry = path.join(folder, 'src', 'main.ts')
  if (!existsSync(entry)) {
    throw new MooringError('MOORING_E_CLI', {
      message: `The folder ${JSON.stringify(given)} has no src/main.ts.`,
      why: 'That file is what is bundled: the one that calls serve(app).',
      fix: 'name the folder of a port-bound app: mooring build apps/my-node',
    })
  }
  const dist = path.join(folder, 'dist')
  await rm(dist, { recursive: true, force: true })
  await bundle(entry, path.join(dist, 'server'))
  // The code is a folder further down, as it is in `src`: what it finds from there is inside `dist`.
  const main = path.join(dist, 'main.js')
  await writeStartFile(main)
  // Wherever it is copied to, Node need not guess what it is.
  await writeFile(path.join(dist, 'package.json'), '{ "type": "module" }\n')
  await copyStaticFolder(entry, main, dist)
  await shareCompiled(dist)
  process.stdout.write(await describeFiles(dist))
  return exitCodes.done
}
