import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import path from 'node:path'

/** A server of `servers/`, or a program of its own. */
export interface PeerKind {
  readonly name: string
  /** The package whose version is printed; `undefined` where that is the runtime's own. */
  readonly package?: string
  readonly runtime: 'node' | 'bun' | 'deno' | 'nginx'
}

/** Those that are compared: all on Node. */
export const peers: readonly PeerKind[] = [
  { name: 'node-http', runtime: 'node' },
  { name: 'mooring', package: '@mooring/node', runtime: 'node' },
  { name: 'hono-node-server', package: '@hono/node-server', runtime: 'node' },
  { name: 'fastify', package: 'fastify', runtime: 'node' },
  { name: 'h3', package: 'h3', runtime: 'node' },
  { name: 'srvx', package: 'srvx', runtime: 'node' },
  { name: 'express', package: 'express', runtime: 'node' },
  { name: 'whatwg', package: '@whatwg-node/server', runtime: 'node' },
]

/** What else answers requests, for the scale. */
export const context: readonly PeerKind[] = [
  { name: 'bun', runtime: 'bun' },
  { name: 'deno', runtime: 'deno' },
  { name: 'nginx', runtime: 'nginx' },
]

/** What the others are compared with. */
export const baseline = 'node-http'

/** Those that a run was asked for. */
export function chosenOf<Kind extends { readonly name: string }>(
  kinds: readonly Kind[],
  only: readonly string[] | undefined,
): readonly Kind[] {
  return kinds.filter(({ name }) => only?.includes(name) ?? true)
}

/** The series of the baseline, of series in the order of the names; none where it was not chosen. */
export function baselineOf<Series>(
  names: readonly string[],
  samples: readonly (readonly Series[])[],
): readonly Series[] {
  return samples[names.indexOf(baseline)] ?? []
}

const require = createRequire(import.meta.url)

export function versionOf(name: string): string {
  // Not by its exports: not every package names its package.json there.
  const folders = require.resolve.paths(name) ?? []
  for (const folder of folders) {
    try {
      const manifest = readFileSync(path.join(folder, name, 'package.json'), 'utf8')
      return (JSON.parse(manifest) as { version: string }).version
    } catch {}
  }
  throw new Error(`${name} is not installed`)
}
