import { execFileSync } from 'node:child_process'
import { chmodSync, existsSync, mkdirSync, mkdtempSync, renameSync, rmSync } from 'node:fs'
import path from 'node:path'
import { fileURLToPath } from 'node:url'

export const root: string = fileURLToPath(new URL('..', import.meta.url))

/**
 * The Node versions that the port-bound contract is kept on: the first that a release line supports
 * with type stripping and SQLite, the long-term one, the current one.
 */
export const nodeVersions = { 22: '22.23.3', 24: '24.21.0', 26: '26.10.0' } as const

/**
 * Fetches a package that only tests need, once, outside of the workspace: none of them may lengthen
 * the first `pnpm dev`.
 *
 * @returns the folder of the package
 */
export function fetchTool(name: string, version: string): string {
  const prefix = path.join(root, 'node_modules/.cache/mooring-tools', `${name}@${version}`)
  const folder = path.join(prefix, 'node_modules', name)
  if (existsSync(prefix)) return folder
  // Whole or not at all: tests that run beside each other fetch the same.
  mkdirSync(path.dirname(prefix), { recursive: true })
  const own = mkdtempSync(`${prefix}-`)
  // Also for the user without privileges that a clause runs it as.
  chmodSync(own, 0o755)
  const quiet = ['--no-audit', '--no-fund', '--loglevel=error']
  run('npm', ['install', '--prefix', own, ...quiet, `${name}@${version}`], root)
  try {
    renameSync(own, prefix)
  } catch (error) {
    if (!existsSync(prefix)) throw error
    rmSync(own, { recursive: true })
  }
  return folder
}

/** The Node binary of an exact version, for this machine. */
export function fetchNode(version: string): string {
  return path.join(fetchTool(`node-${process.platform}-${process.arch}`, version), 'bin/node')
}

/** The Bun binary that its adapter is tested with, for this machine. */
export function fetchBun(): string {
  const arch = process.arch === 'arm64' ? 'aarch64' : process.arch
  return path.join(fetchTool(`@oven/bun-${process.platform}-${arch}`, '1.4.5'), 'bin/bun')
}

/** The Deno binary that its adapter is tested with, for this machine. */
export function fetchDeno(): string {
  const libc = process.platform === 'linux' ? '-glibc' : ''
  return path.join(fetchTool(`@deno/${process.platform}-${process.arch}${libc}`, '2.9.6'), 'deno')
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
