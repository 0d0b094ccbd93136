import { existsSync } from 'node:fs'
import path from 'node:path'
import { type FSWatcher, watch } from 'chokidar'
import type { Inputs } from './side.ts'

/** The one watcher for all sides. */
export interface Watcher {
  /** Watches whatever holds these from now on, installed packages aside; what is watched stays so. */
  readonly follow: (inputs: Inputs) => void
  /** Resolves when a save in all that is followed will be noticed. */
  readonly ready: () => Promise<void>
  readonly close: () => Promise<void>
}

/** Milliseconds to wait for the rest of a save: editors and formatters write more than once. */
const debounceMs = 30

/** Milliseconds between two looks at a file, where the system does not tell of changes. */
const pollMs = 300

/** Folders that tools write to, and that hold nothing an author edits. */
const ignoredFolders: ReadonlySet<string> = new Set([
  'node_modules',
  '.git',
  '.mooring',
  '.wrangler',
  '.turbo',
  'coverage',
  'dist',
])

/**
 * @param onChange gets the absolute paths of one save, added and removed files included
 * @param onPolling is told of a folder that the system does not watch, and why: it is polled instead
 */
export function createWatcher(
  onChange: (files: readonly string[]) => void,
  onPolling: (root: string, reason: string) => void,
): Watcher {
  const roots = new Map<string, { readonly watcher: FSWatcher; readonly ready: Promise<void> }>()
  const changed = new Set<string>()
  let timer: NodeJS.Timeout | undefined
  let closed = false

  function note(file: string): void {
    changed.add(file)
    clearTimeout(timer)
    timer = setTimeout(() => {
      const files = [...changed]
      changed.clear()
      onChange(files)
    }, debounceMs)
  }

  function add(root: string, usePolling = false): Promise<void> {
    const watcher = watch(root, {
      ignoreInitial: true,
      followSymlinks: false,
      usePolling,
      interval: pollMs,
      ignored: (file) => file !== root && ignoredFolders.has(path.basename(file)),
    })
    watcher.on('add', note).on('change', note).on('unlink', note)
    const ready = Promise.withResolvers<void>()
    watcher.once('ready', ready.resolve)
    watcher.on('error', (error) => {
      if (closed || usePolling || roots.get(root)?.watcher !== watcher) return
      onPolling(root, error instanceof Error ? error.message : String(error))
      ready.resolve(add(root, true))
      void watcher.close()
    })
    roots.set(root, { watcher, ready: ready.promise })
    return ready.promise
  }

  return {
    follow({ files, folders }) {
      if (closed) return
      const own = files.filter((file) => !file.split(path.sep).includes('node_modules'))
      for (const root of new Set([...own.map(packageFolder), ...folders])) {
        const covered = [...roots.keys()].some((known) => covers(known, root))
        if (!covered && existsSync(root)) void add(root)
      }
    },
    ready: async () => void (await Promise.all(Array.from(roots.values(), ({ ready }) => ready))),
    async close() {
      closed = true
      clearTimeout(timer)
      await Promise.all(Array.from(roots.values(), ({ watcher }) => watcher.close()))
    },
  }
}

const packageFolders = new Map<string, string>()

/**
 * The folder to watch for a file: that of its package, so that files which are not there yet count
 * too. A file outside of any package has its own folder.
 */
function packageFolder(file: string): string {
  const start = path.dirname(file)
  const known = packageFolders.get(start)
  if (known !== undefined) return known
  let folder = start
  while (!existsSync(path.join(folder, 'package.json'))) {
    const parent = path.dirname(folder)
    if (parent === folder) {
      folder = start
      break
    }
    folder = parent
  }
  packageFolders.set(start, folder)
  return folder
}

/** Whether watching one folder notices what happens in the other. */
function covers(outer: string, inner: string): boolean {
  const between = path.relative(outer, inner).split(path.sep)
  return between[0] !== '..' && !between.some((name) => ignoredFolders.has(name))
}
