import { fileURLToPath } from 'node:url'
import { type Profile, type Target, targetDefaults } from '../src/target.ts'
import { conventionalPaths } from '../src/probe.ts'

const fixtures = fileURLToPath(new URL('fixtures/', import.meta.url))

const folder = process.env['NODE_COMPILE_CACHE']
const compileCache = folder === undefined ? {} : { NODE_COMPILE_CACHE: folder }

const shared = {
  ...targetDefaults,
  env: compileCache,
  cwd: fixtures,
  bootMs: 8_000,
  graceMs: 4_000,
  keepAliveMs: 1_500,
  stallMs: 3_500,
  routerMs: 800,
} as const

const paths = Object.fromEntries(
  Object.entries(conventionalPaths).map(([name, candidates]) => [name, candidates[0] ?? '/']),
)

/** The server that keeps the web profile, or that breaks one clause of it. */
export function webTarget(defect = '', statePath = ''): Target {
  return {
    ...shared,
    command: ['node', 'web.ts', defect, statePath],
    paths,
    backing: { variable: 'BACKING_URL', path: '/__conform/backing' },
  }
}

/** The same for a server that is no web server, and for a worker. */
export function plainTarget(profile: Exclude<Profile, 'web'>, defect = ''): Target {
  return { ...shared, profile, command: ['node', 'plain.ts', profile, defect] }
}
