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
