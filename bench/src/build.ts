import { execFileSync } from 'node:child_process'
import { chmodSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'
import { fileText } from './workloads.ts'

export const root: string = fileURLToPath(new URL('../..', import.meta.url))
export const benchFolder: string = path.join(root, 'bench')
/** What every run makes anew, ignored by git. */
export const cache: string = path.join(benchFolder, '.cache')
export const publicFolder: string = path.join(cache, 'public')

const servers = path.join(benchFolder, 'servers')
const workers = path.join(benchFolder, 'workers')
const nodeServers = path.join(cache, 'servers')

/** CommonJS packages load Node's own modules with it; an ES module has none. */
const banner =
  "import { createRequire as __createRequire } from 'node:module';\nconst require = __createRequire(import.meta.url);"

/**
 * Bundles every server as `mooring build` does an app: all of them come up from one file, and none
 * pays for TypeScript. The static file that they have is made too.
 */
export async function buildServers(): Promise<void> {
  mkdirSync(publicFolder, { recursive: true })
  writeFileSync(path.join(publicFolder, '100k.txt'), fileText)
  // The workers of nginx are another user.
  for (const folder of [cache, publicFolder]) chmodSync(folder, 0o755)
  const common = {
    bundle: true,
    format: 'esm',
    minifySyntax: true,
    sourcemap: true,
    outExtension: { '.js': '.mjs' },
    logLevel: 'silent',
  } as const
  await build({
    ...common,
    entryPoints: readdirSync(servers).map((file) => path.join(servers, file)),
    outdir: nodeServers,
    platform: 'node',
    target: 'node22',
    banner: { js: banner },
    splitting: false,
  })
  await build({
    ...common,
    entryPoints: readdirSync(workers).map((file) => path.join(workers, file)),
    outdir: path.join(cache, 'workers'),
    conditions: ['workerd', 'worker', 'browser'],
    define: { 'process.env': '{}' },
    target: 'es2024',
  })
}

export function serverFile(name: string): string {
  return path.join(nodeServers, `${name}.mjs`)
}

export function workerFile(name: string): string {
  return path.join(cache, 'workers', `${name}.mjs`)
}

/** What is deployed of `apps/links`. */
export function buildLinks(): void {
  const cwd = path.join(root, 'apps/links-node')
  const mooring = path.join(cwd, 'node_modules/.bin/mooring')
  execFileSync(mooring, ['build'], { cwd, stdio: ['ignore', 'ignore', 'inherit'] })
}
