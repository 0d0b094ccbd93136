import { execFileSync, spawnSync } from 'node:child_process'
import {
  cpSync,
  existsSync,
  mkdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { here, type SubjectFile } from './subject.ts'

// Subjects run from a copy in a cache folder, so that what they install burdens nobody's workspace.
// Root's own cache is closed to the other users that clauses start a command as.
const caches = process.getuid?.() === 0 ? '/var/cache' : join(homedir(), '.cache')
const cache = join(process.env['XDG_CACHE_HOME'] ?? caches, 'mooring-conform')
const repository = join(here, '../../..')

/** Where a subject is ready to run, and the version of its server. */
export interface Installed {
  readonly cwd: string
  readonly version: string
}

/** Installs what the subject needs. Debian's packages need root. */
export function install(subject: SubjectFile): Installed {
  const cwd = join(cache, subject.id)
  mkdirSync(cwd, { recursive: true })
  cpSync(subject.folder, cwd, { recursive: true })
  writeFileSync(join(cwd, 'package.json'), manifestOf(subject))
  if (subject.workspace !== undefined) linkWorkspace(cwd, subject.workspace)
  if (!hasPackages(cwd, subject.npm ?? {})) run('npm', ['install', '--no-audit', '--no-fund'], cwd)
  if (subject.apt !== undefined) installDebian(subject.apt)
  for (const command of subject.prepare ?? []) run('sh', ['-c', command], cwd)
  return { cwd, version: versionOf(subject) }
}

function manifestOf({ npm = {} }: SubjectFile): string {
  return JSON.stringify({ private: true, type: 'module', dependencies: npm })
}

function hasPackages(cwd: string, npm: Readonly<Record<string, string>>): boolean {
  return Object.entries(npm).every(([name, version]) => {
    const file = join(cwd, 'node_modules', name, 'package.json')
    if (!existsSync(file)) return false
    return (JSON.parse(readFileSync(file, 'utf8')) as { version: string }).version === version
  })
}

function linkWorkspace(cwd: string, workspace: string): void {
  const modules = join(cwd, 'node_modules')
  rmSync(modules, { recursive: true, force: true })
  mkdirSync(join(modules, '@mooring'), { recursive: true })
  const from = join(repository, workspace)
  symlinkSync(from, join(modules, '@mooring/node'))
  for (const name of ['@mooring/core', 'hono']) {
    symlinkSync(join(from, 'node_modules', name), join(modules, name))
  }
}

function installDebian(packages: readonly string[]): void {
  const missing = packages.filter((name) => spawnSync('dpkg', ['-s', name]).status !== 0)
  if (missing.length === 0) return
  run('apt-get', ['install', '--yes', '--no-install-recommends', ...missing], here)
}

function versionOf({ npm, apt, workspace }: SubjectFile): string {
  if (workspace !== undefined) {
    const manifest = readFileSync(join(repository, workspace, 'package.json'), 'utf8')
    return (JSON.parse(manifest) as { version: string }).version
  }
  const [first] = Object.values(npm ?? {})
  if (first !== undefined) return first
  if (apt?.[0] === undefined) return process.versions.node
  const format = ['-W', '-f', '${Version}', apt[0]]
  const version = execFileSync('dpkg-query', format, { encoding: 'utf8' })
  return version.replace(/^\d+:|[-+~].*$/g, '')
}

function run(file: string, args: readonly string[], cwd: string): void {
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' }
  const { status, stderr } = spawnSync(file, args, { cwd, env, encoding: 'utf8' })
  if (status !== 0) throw new Error(`${file} ${args.join(' ')} ended with ${status}:\n${stderr}`)
}

/** Whether the subject can be installed by this user without touching the system. */
export function isPortable({ apt }: SubjectFile): boolean {
  return apt === undefined || apt.every((name) => existsSync(`/var/lib/dpkg/info/${name}.list`))
}
