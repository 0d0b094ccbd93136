import { execFileSync } from 'node:child_process'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import {
  fetchPackage,
  fetchRuntime,
  testedVersions,
} from '../packages/parity/src/targets/runtimes.ts'

export const root: string = fileURLToPath(new URL('..', import.meta.url))

const cache = path.join(root, 'node_modules/.cache/mooring-tools')

/**
 * The Node versions that the port-bound contract is kept on: the first that a release line supports
 * with type stripping and SQLite, the long-term one, the current one.
 */
export const nodeVersions: typeof testedVersions.node = testedVersions.node

/**
 * Fetches a package that only tests need, once, outside of the workspace: none of them may lengthen
 * the first `pnpm dev`.
 *
 * @returns the folder of the package
 */
export function fetchTool(name: string, version: string): string {
  return fetchPackage(name, version, cache)
}

/** The Node binary of an exact version, for this machine. */
export function fetchNode(version: string): string {
  return fetchRuntime('node', version, cache)
}

/** The Bun binary that its adapter is tested with, for this machine. */
export function fetchBun(): string {
  return fetchRuntime('bun', '1', cache)
}

/** The Deno binary that its adapter is tested with, for this machine. */
export function fetchDeno(): string {
  return fetchRuntime('deno', '2', cache)
}

/** Runs a program to its end, its output on ours. Throws where it fails. */
export function run(
  program: string,
  args: readonly string[],
  cwd: string,
  env: NodeJS.ProcessEnv = process.env,
): void {
  execFileSync(program, args, { cwd, env, stdio: ['ignore', 'inherit', 'inherit'] })
}
