import { existsSync, statSync } from 'node:fs'
import path from 'node:path'
import { MooringError } from '@mooring/core'
import { environmentNames } from '@mooring/core/adapter'

/** An app that binds its own port: a folder with `src/main.ts`. */
export interface NodeTarget {
  readonly folder: string
  readonly entry: string
}

/** An app that workerd runs: a folder with a Wrangler configuration. */
export interface EdgeTarget {
  readonly folder: string
  readonly configPath: string
}

/** A backing service by the name that the app's resource has. */
export interface BackingTarget {
  readonly name: string
  /** The environment variable and the binding that attach it. */
  readonly variable: string
  readonly binding: string
  readonly node: NodeTarget
  readonly edge: EdgeTarget | undefined
}

/** What the command line asks for. */
export interface Targets {
  readonly node: NodeTarget | undefined
  readonly edge: EdgeTarget | undefined
  readonly backing: readonly BackingTarget[]
}

const entryFile = path.join('src', 'main.ts')
export const configFiles: readonly string[] = ['wrangler.jsonc', 'wrangler.json', 'wrangler.toml']

/**
 * Finds what the folders hold.
 *
 * @param cwd what relative folders are relative to
 * @param folders each with a port-bound app, an injected one, or both; none is `cwd`
 * @param backing values of `--with`, such as `preview=apps/preview`
 * @throws MOORING_E_CLI
 */
export function findTargets(
  cwd: string,
  folders: readonly string[],
  backing: readonly string[],
): Targets {
  const found = (folders.length > 0 ? folders : ['.']).map((given) => ({
    given,
    node: nodeTarget(resolveFolder(cwd, given)),
    edge: edgeTarget(resolveFolder(cwd, given)),
  }))
  for (const { given, node, edge } of found) {
    if (!node && !edge) throw nothingIn(given)
  }
  const nodes = found.filter(({ node }) => node)
  const edges = found.filter(({ edge }) => edge)
  if (nodes.length > 1) throw tooMany('port-bound', entryFile, nodes)
  if (edges.length > 1) throw tooMany('injected', configFiles[0]!, edges)
  return {
    node: nodes[0]?.node,
    edge: edges[0]?.edge,
    backing: backing.map((value) => backingTarget(cwd, value, backing)),
  }
}

function backingTarget(cwd: string, value: string, all: readonly string[]): BackingTarget {
  const [, name, folder] = /^([a-z][A-Za-z0-9]*)=(.+)$/.exec(value) ?? []
  if (name === undefined || folder === undefined) {
    throw new MooringError('MOORING_E_CLI', {
      message: `--with is ${JSON.stringify(value)}.`,
      why: 'Expected the name of a resource and the folder of the app behind it.',
      fix: 'write it as in: --with preview=apps/preview',
    })
  }
  if (all.filter((other) => other.startsWith(`${name}=`)).length > 1) {
    throw new MooringError('MOORING_E_CLI', {
      message: `--with names ${JSON.stringify(name)} more than once.`,
      why: 'A resource has one backing service.',
      fix: 'leave out all but one.',
    })
  }
  const absolute = resolveFolder(cwd, folder)
  const node = nodeTarget(absolute)
  if (!node) {
    throw new MooringError('MOORING_E_CLI', {
      message: `--with ${name}: the folder ${JSON.stringify(folder)} has no ${entryFile}.`,
      why: 'A backing service runs as a process of its own, beside both sides.',
      fix: `add ${path.join(folder, entryFile)} with serve(app), or name another folder.`,
    })
  }
  return { name, ...environmentNames(name), node, edge: edgeTarget(absolute) }
}

function resolveFolder(cwd: string, given: string): string {
  const folder = path.resolve(cwd, given)
  if (statSync(folder, { throwIfNoEntry: false })?.isDirectory()) return folder
  throw new MooringError('MOORING_E_CLI', {
    message: `There is no folder ${JSON.stringify(given)}.`,
    why: `Looked for ${folder}.`,
    fix: 'name the folder of an app, relative to where the command is started.',
  })
}

function nodeTarget(folder: string): NodeTarget | undefined {
  const entry = path.join(folder, entryFile)
  return existsSync(entry) ? { folder, entry } : undefined
}

function edgeTarget(folder: string): EdgeTarget | undefined {
  const configPath = configFiles.map((name) => path.join(folder, name)).find(existsSync)
  return configPath === undefined ? undefined : { folder, configPath }
}

function nothingIn(given: string): MooringError {
  return new MooringError('MOORING_E_CLI', {
    message: `The folder ${JSON.stringify(given)} holds no app to serve.`,
    why: `Expected ${entryFile} (port-bound) or one of ${configFiles.join(', ')} (injected).`,
    fix: 'name the folders of the apps: mooring dev apps/my-node apps/my-edge',
  })
}

function tooMany(
  contract: string,
  file: string,
  found: readonly { readonly given: string }[],
): MooringError {
  return new MooringError('MOORING_E_CLI', {
    message: `There is more than one ${contract} app: ${found.map(({ given }) => given).join(', ')}.`,
    why: `Each of them has ${file}, and one is served.`,
    fix: 'name one of them, and start the others with --with name=folder.',
  })
}
