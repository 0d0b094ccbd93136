import path from 'node:path'
import { MooringError } from '@mooring/core'
import { build, type BuildFailure, type BuildOptions, type BuildResult } from 'esbuild'
import { formatBuildMessages, withAbsoluteFiles } from '../format-messages.ts'
import { lazyCommonJs } from './lazy-commonjs.ts'

/** What CommonJS packages call to load Node's own modules; an ES module has no `require`. */
const requireBanner =
  "import { createRequire as __createRequire } from 'node:module';\nconst require = __createRequire(import.meta.url);"

/** What esbuild puts where a `require` is left in an ES module. */
const leftRequire = 'Dynamic require of "'

/**
 * Bundles an entry and all that it imports for Node 22 and later. What is imported lazily becomes a
 * file of its own. All files are in one folder, so that `import.meta.url` means one place. What is
 * left out is only what is not installed and whose absence is caught where it is imported.
 *
 * @throws MOORING_E_BUILD
 */
export async function bundle(entry: string, outdir: string): Promise<void> {
  const options = {
    entryPoints: { main: entry },
    outdir,
    absWorkingDir: path.dirname(path.dirname(entry)),
    bundle: true,
    splitting: true,
    chunkNames: '[name]-[hash]',
    format: 'esm',
    platform: 'node',
    target: 'node22',
    // Names and lines stay, so that a stack can be read without the source map.
    minifySyntax: true,
    sourcemap: true,
    legalComments: 'linked',
    logLevel: 'silent',
    plugins: [lazyCommonJs()],
  } as const satisfies BuildOptions
  const tried = await run({ ...options, write: false })
  const needsRequire = tried.outputFiles?.some(
    ({ path: file, text }) => file.endsWith('.js') && text.includes(leftRequire),
  )
  await run({ ...options, ...(needsRequire && { banner: { js: requireBanner } }) })
}

async function run(
  options: BuildOptions & { readonly absWorkingDir: string },
): Promise<BuildResult> {
  try {
    return await build(options)
  } catch (error) {
    const { errors } = error as Partial<BuildFailure>
    if (!errors) throw error
    throw new MooringError('MOORING_E_BUILD', {
      message: 'The app cannot be bundled.',
      why: (
        await formatBuildMessages(
          errors.map((each) => withAbsoluteFiles(each, options.absWorkingDir)),
        )
      ).replaceAll('\n', '\n  '),
      fix: 'mend what is named, and build again.',
      cause: error,
    })
  }
}
