import { createHash } from 'node:crypto'
import { realpath } from 'node:fs/promises'
import path from 'node:path'
import type {
  BuildContext,
  BuildFailure,
  BuildOptions,
  BuildResult,
  Message,
  Plugin,
} from 'esbuild'
import { withAbsoluteFiles } from '../format-messages.ts'

/** What a look at the source found. */
export type Checked =
  | { readonly ok: true; readonly hash: string }
  | { readonly ok: false; readonly messages: readonly Message[] }

/** Looks at an app's source without running it. */
export interface BundleCheck {
  readonly run: () => Promise<Checked>
  /** Files that were read, the ones of failed checks included. */
  readonly inputs: () => readonly string[]
  readonly close: () => Promise<void>
}

/**
 * Bundles an entry in memory: that shows what does not parse or resolve, which files belong to the
 * app, and whether a save changed anything that runs. Packages are left out, those of the workspace
 * are followed.
 */
export async function createBundleCheck(entry: string): Promise<BundleCheck> {
  const { context, stop } = await import('esbuild')
  const inputs = new Set<string>([entry])
  const options: BuildOptions = {
    entryPoints: [entry],
    absWorkingDir: path.dirname(entry),
    bundle: true,
    write: false,
    format: 'esm',
    platform: 'node',
    target: 'esnext',
    // A moved line counts as a change: stacks would point beside it.
    sourcemap: 'inline',
    sourcesContent: false,
    logLevel: 'silent',
    plugins: [leaveOutPackages(inputs)],
  }
  let bundler: BuildContext = await context(options)

  async function rebuild(): Promise<BuildResult> {
    try {
      return await bundler.rebuild()
    } catch (error) {
      if ((error as Partial<BuildFailure>).errors) throw error
      // esbuild is a process of its own, and may have been killed: this makes it start another.
      await stop()
      bundler = await context(options)
      return bundler.rebuild()
    }
  }

  return {
    async run() {
      try {
        const { outputFiles } = await rebuild()
        const hash = createHash('sha256')
        for (const { contents } of outputFiles ?? []) hash.update(contents)
        return { ok: true, hash: hash.digest('hex') }
      } catch (error) {
        const { errors } = error as Partial<BuildFailure>
        if (!errors) throw error
        return {
          ok: false,
          messages: errors.map((message) => withAbsoluteFiles(message, path.dirname(entry))),
        }
      }
    },
    inputs: () => [...inputs],
    close: () => bundler.dispose(),
  }
}

function leaveOutPackages(inputs: Set<string>): Plugin {
  return {
    name: 'leave-out-packages',
    setup(build) {
      // A bare import may be a package of the workspace: where it leads tells.
      build.onResolve({ filter: /^[^./]/ }, async ({ path: specifier, pluginData, ...args }) => {
        if (pluginData === resolving || specifier.includes(':')) return undefined
        const found = await build.resolve(specifier, { ...args, pluginData: resolving })
        // Asked by itself, esbuild says more of why it finds nothing.
        if (found.errors.length > 0) return undefined
        if (found.external) return found
        const real = await realpath(found.path).catch(() => found.path)
        return real.split(path.sep).includes('node_modules')
          ? { path: specifier, external: true }
          : found
      })
      build.onLoad({ filter: /.*/ }, ({ path: file }) => {
        inputs.add(file)
        return undefined
      })
    },
  }
}

/** Marks our own question, so that it is not answered by asking it again. */
const resolving = Symbol('resolving')
