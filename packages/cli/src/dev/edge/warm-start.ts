import { mkdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import path from 'node:path'
import { deserialize, serialize } from 'node:v8'
import type { EdgeInputs, EdgeSetup } from './protocol.ts'
import type { RuntimePlan } from './runtime.ts'

/** What ran last, so that the next start need not wait for Wrangler. */
export interface Warm {
  readonly plan: RuntimePlan
  readonly inputs: EdgeInputs
}

interface Stored extends Warm {
  readonly key: string
  readonly stamps: readonly string[]
}

/** Files that change the bundle without being in it. */
const besides: readonly string[] = ['package.json', 'tsconfig.json', '.dev.vars', '.env']

/**
 * The plan of the last run, if nothing that it was made from has changed since. It is a head start
 * and no more: Wrangler bundles anew right after, and what it says counts.
 */
export async function readWarm(folder: string, setup: EdgeSetup): Promise<Warm | undefined> {
  try {
    const stored = deserialize(await readFile(fileIn(folder))) as Stored
    if (stored.key !== keyOf(setup)) return undefined
    const stamps = await stampsOf(stored.inputs)
    if (stamps.join() !== stored.stamps.join()) return undefined
    const { plan, inputs } = stored
    return { plan: { ...plan, publicUrl: setup.publicUrl }, inputs }
  } catch {
    // Not there, or written by another version of Node: then this start is a cold one.
    return undefined
  }
}

/** Keeps the plan for the next start. A plan that cannot be written down is not kept. */
export async function writeWarm(
  folder: string,
  setup: EdgeSetup,
  plan: RuntimePlan,
  inputs: EdgeInputs,
): Promise<void> {
  const file = fileIn(folder)
  const partial = `${file}.${process.pid}`
  try {
    const stored: Stored = { plan, inputs, key: keyOf(setup), stamps: await stampsOf(inputs) }
    const bytes = serialize(stored)
    await mkdir(folder, { recursive: true })
    await writeFile(partial, bytes)
    await rename(partial, file)
  } catch {
    await rm(partial, { force: true })
    await rm(file, { force: true })
  }
}

function fileIn(folder: string): string {
  return path.join(folder, 'warm-start.bin')
}

/** What a plan consists of: another number where that changes. */
const planFormat = 2

/** Another setup or another Wrangler makes another plan. The port is no matter. */
function keyOf({ publicUrl: _, ...setup }: EdgeSetup): string {
  const { version } = createRequire(import.meta.url)('wrangler/package.json') as { version: string }
  return JSON.stringify([
    planFormat,
    version,
    process.version,
    process.env['CLOUDFLARE_ENV'],
    setup,
  ])
}

/** Size and time of each file that counts; of one that is not there, that. */
async function stampsOf({ files, folders }: EdgeInputs): Promise<string[]> {
  const around = new Set(files.map((file) => path.dirname(file)))
  const all = [
    ...files,
    ...folders,
    ...[...around].flatMap((folder) => besides.map((name) => path.join(folder, name))),
  ]
  return Promise.all(
    all.map(async (file) => {
      const found = await stat(file).catch(() => undefined)
      return found ? `${file}:${found.size}:${found.mtimeMs}` : `${file}:-`
    }),
  )
}
