import { mkdtempSync, readdirSync, rmdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'

/** The temporary files of the edge host. It tidies up itself, unless it is killed. */
export interface Scratch {
  /** What it has for a temporary folder of the system. */
  readonly folder: string
  readonly remove: () => void
}

/**
 * Makes room for temporary files, and remembers which were there before.
 *
 * @param projects the folders of Wrangler configurations: it bundles into `.wrangler/tmp` there
 */
export function createScratch(projects: readonly string[]): Scratch {
  const folder = mkdtempSync(path.join(tmpdir(), 'mooring-'))
  const before = projects.map((project) => ({
    project,
    names: new Set(namesIn(bundlesOf(project))),
  }))
  return {
    folder,
    remove() {
      rmSync(folder, { recursive: true, force: true })
      for (const { project, names } of before) {
        const bundles = bundlesOf(project)
        for (const name of namesIn(bundles).filter((each) => !names.has(each))) {
          rmSync(path.join(bundles, name), { recursive: true, force: true })
        }
        // Only what is empty goes.
        removeEmpty(bundles)
        removeEmpty(path.dirname(bundles))
      }
    },
  }
}

function bundlesOf(project: string): string {
  return path.join(project, '.wrangler', 'tmp')
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder)
  } catch {
    return []
  }
}

function removeEmpty(folder: string): void {
  try {
    rmdirSync(folder)
  } catch {
    // Not there, or not empty: both are fine.
  }
}
