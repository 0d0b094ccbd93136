import { cp, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import path from 'node:path'

const packageFolder = path.resolve(import.meta.dirname, '../..')

/** A copy of the fixture project, in a place where `@mooring/*` and `hono` resolve. */
export interface Project {
  readonly folder: string
  readonly read: (file: string) => Promise<string>
  readonly write: (file: string, content: string, mode?: number) => Promise<void>
  readonly remove: () => Promise<void>
}

export async function copyProject(): Promise<Project> {
  const parent = path.join(packageFolder, '.mooring')
  await mkdir(parent, { recursive: true })
  const folder = await mkdtemp(path.join(parent, 'test-'))
  await cp(path.join(packageFolder, 'test/fixtures/project'), folder, { recursive: true })
  return {
    folder,
    read: (file) => readFile(path.join(folder, file), 'utf8'),
    write: async (file, content, mode = 0o644) => {
      await mkdir(path.dirname(path.join(folder, file)), { recursive: true })
      await writeFile(path.join(folder, file), content, { mode })
    },
    remove: () => rm(folder, { recursive: true, force: true, maxRetries: 3 }),
  }
}
