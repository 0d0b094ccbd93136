import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import path from 'node:path'

/** The text files of the house: path from the root, with `/`, to content. */
export type Tree = ReadonlyMap<string, string>

/** A rule of the house: what breaks it, one line each, `path: fact`. */
export type Rule = (tree: Tree) => string[]

const text = /\.(ts|js|css|html|md|json|jsonc|sh)$/

/** Every text file that is committed, or would be. */
export function readTree(root: string): Tree {
  const listed = execFileSync('git', ['ls-files', '-z', '-co', '--exclude-standard'], {
    cwd: root,
    encoding: 'utf8',
  })
  const files = new Map<string, string>()
  for (const file of listed.split('\0').filter((name) => text.test(name))) {
    try {
      files.set(file, readFileSync(path.join(root, file), 'utf8'))
    } catch (error) {
      // Deleted, and not yet committed as such.
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error
    }
  }
  return files
}

/** What runs: neither tests nor their fixtures. */
export function isSource(file: string): boolean {
  return /^(packages|apps)\/[^/]+\/(src|bin|public)\//.test(file) && !/\.test(-d)?\.ts$/.test(file)
}
