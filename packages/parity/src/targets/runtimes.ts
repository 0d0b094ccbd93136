import { execFileSync } from 'node:child_process'
import { chmodSync, existsSync, mkdirSync, mkdtempSync, renameSync, rmSync } from 'node:fs'
import path from 'node:path'

/** A runtime that runs an app as a process. */
export type ProcessRuntime = 'node' | 'bun' | 'deno'

/** The releases that the adapters are tested with, by their lines. */
export const testedVersions = {
  node: { 22: '22.23.3', 24: '24.21.0', 26: '26.10.0' },
  bun: { 1: '1.4.5' },
  deno: { 2: '2.9.6' },
} as const

/** Where each runtime's binary for this machine is: a package of npm, and the file in it. */
const packages: Readonly<Record<ProcessRuntime, () => readonly [name: string, file: string]>> = {
  node() {
    const machine = `${process.platform}-${process.arch}`
    return [machine === 'darwin-arm64' ? `node-bin-${machine}` : `node-${machine}`, 'bin/node']
  },
  bun() {
    const arch = process.arch === 'arm64' ? 'aarch64' : process.arch
    return [`@oven/bun-${process.platform}-${arch}`, 'bin/bun']
  },
  deno() {
    const libc = process.platform === 'linux' ? '-glibc' : ''
    return [`@deno/${process.platform}-${process.arch}${libc}`, 'deno']
  },
}

/**
 * Fetches a runtime, once.
 *
 * @param version an exact one, or a line such as `22`: the release that the adapters are tested with
 * @param cache the folder in which it is kept
 * @returns its binary
 */
export function fetchRuntime(runtime: ProcessRuntime, version: string, cache: string): string {
  const lines: Readonly<Record<string, string>> = testedVersions[runtime]
  const [name, file] = packages[runtime]()
  return path.join(fetchPackage(name, lines[version] ?? version, cache), file)
}

/**
 * Fetches a package of npm, once.
 *
 * @returns the folder of the package
 */
export function fetchPackage(name: string, version: string, cache: string): string {
  const prefix = path.join(cache, `${name}@${version}`)
  const folder = path.join(prefix, 'node_modules', name)
  if (existsSync(prefix)) return folder
  process.stderr.write(`fetching ${name}@${version}\n`)
  // Whole or not at all: others may fetch the same at this moment.
  mkdirSync(path.dirname(prefix), { recursive: true })
  const own = mkdtempSync(`${prefix}-`)
  // Also for a user without privileges that it may be run as.
  chmodSync(own, 0o755)
  const quiet = ['--no-audit', '--no-fund', '--loglevel=error']
  try {
    execFileSync('npm', ['install', '--prefix', own, ...quiet, `${name}@${version}`], {
      stdio: ['ignore', 'ignore', 'inherit'],
    })
    renameSync(own, prefix)
  } catch (error) {
    rmSync(own, { recursive: true, force: true })
    if (!existsSync(prefix)) throw error
  }
  return folder
}
