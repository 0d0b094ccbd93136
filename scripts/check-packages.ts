import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import {
  commandInstalled,
  conformInstalled,
  handleInstalled,
  installPacked,
  parityInstalled,
  serveInstalled,
} from './packages/run-packed.ts'
import { fetchNode, fetchTool, nodeVersions, root } from './tools.ts'

// Every package as it would be published: built, packed, looked at by the tools that know what
// breaks for others, and run from outside of the workspace.

interface Manifest {
  readonly name: string
  readonly version: string
  readonly private?: boolean
  readonly exports: Readonly<Record<string, unknown>>
}

let failures = 0
const folder = mkdtempSync(path.join(tmpdir(), 'mooring-packages-'))
try {
  await checkPackages()
} finally {
  rmSync(folder, { recursive: true })
}
process.exitCode = failures === 0 ? 0 : 1

async function checkPackages(): Promise<void> {
  const publint = path.join(fetchTool('publint', '0.3.25'), 'src/cli.js')
  const attw = path.join(fetchTool('@arethetypeswrong/cli', '0.18.5'), 'dist/index.js')
  const turbo = path.join(root, 'node_modules/.bin/turbo')
  const tarballs: string[] = []
  const packages = readdirSync(path.join(root, 'packages')).map((name) => {
    const cwd = path.join(root, 'packages', name)
    const file = path.join(cwd, 'package.json')
    return { cwd, manifest: JSON.parse(readFileSync(file, 'utf8')) as Manifest }
  })
  await check('build', () => {
    // tsc leaves the output of files that are gone.
    for (const { cwd } of packages) rmSync(path.join(cwd, 'dist'), { recursive: true, force: true })
    const args = [
      'run',
      'build',
      '--filter=./packages/*',
      '--output-logs=errors-only',
      '--continue',
    ]
    execFileSync(turbo, args, { cwd: root, stdio: 'pipe', encoding: 'utf8' })
  })

  for (const { cwd, manifest } of packages.filter((each) => !each.manifest.private)) {
    const tarball = path.join(folder, `${path.basename(cwd)}.tgz`)
    tarballs.push(tarball)
    const checks: Record<string, [program: string, args: string[]]> = {
      pack: ['pnpm', ['pack', '--out', tarball]],
      publint: [process.execPath, [publint, 'run', tarball, '--strict']],
    }
    // A package without a module, such as a command, has no types to be wrong.
    if ('.' in manifest.exports) {
      const options = ['--profile', 'esm-only', '--format', 'ascii', '--no-emoji']
      checks['arethetypeswrong'] = [process.execPath, [attw, tarball, ...options]]
    }
    for (const [what, [program, args]] of Object.entries(checks)) {
      await check(`${manifest.name}: ${what}`, () => {
        execFileSync(program, args, { cwd, stdio: 'pipe', encoding: 'utf8' })
      })
    }
  }

  const installed = path.join(folder, 'installed')
  mkdirSync(installed)
  await check('npm installs the tarballs', () =>
    installPacked(installed, tarballs, catalog('hono')),
  )
  for (const version of [nodeVersions[22], nodeVersions[26]]) {
    const node = fetchNode(version)
    await check(`Node ${version}: serve(new Hono())`, () => serveInstalled(installed, node))
    await check(`Node ${version}: handle(new Hono())`, () => handleInstalled(installed, node))
    const { manifest } = packages.find((each) => each.manifest.name === 'mooring')!
    await check(`Node ${version}: mooring --version`, () =>
      commandInstalled(installed, node, manifest.version),
    )
    await check(`Node ${version}: mooring conform`, () => conformInstalled(installed, node))
    await check(`Node ${version}: mooring parity`, () => parityInstalled(installed, node))
  }
}

/** The version of a package that the workspace's catalog names. */
function catalog(name: string): string {
  const text = readFileSync(path.join(root, 'pnpm-workspace.yaml'), 'utf8')
  const found = new RegExp(`^  ${name}: (.+)$`, 'm').exec(text)?.[1]
  if (found === undefined) throw new Error(`${name} is not in the catalog of pnpm-workspace.yaml`)
  return found
}

async function check(what: string, action: () => void | Promise<void>): Promise<void> {
  try {
    await action()
    process.stdout.write(`ok      ${what}\n`)
  } catch (error) {
    failures += 1
    const {
      message,
      stdout = '',
      stderr = '',
    } = error as Error & Record<'stdout' | 'stderr', string>
    process.stdout.write(`not ok  ${what}\n${message}\n${stdout}${stderr}\n`)
  }
}
