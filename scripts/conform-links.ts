import { execFile, execFileSync } from 'node:child_process'
import path from 'node:path'
import { promisify } from 'node:util'
import { makeStandInImage } from './docker/stand-in-image.ts'
import { fetchNode, nodeVersions, root } from './tools.ts'

// Holds links, port-bound, against the contract in every way that it is meant to run: the bundle as it
// is deployed, and the same app with the handlers that some clauses need beside it; on each Node,
// alone, with two workers, as PID 1, and inside its container. Needs root, and for the container an
// engine. About half an hour.
//   node scripts/conform-links.ts [text …]    only the ways whose name holds one of the texts

/** One way to run it. */
interface Way {
  readonly name: string
  readonly file: string
  readonly args: readonly string[]
}

interface Report {
  readonly conforms: boolean
  readonly totals: Readonly<
    Record<'passed' | 'failedMust' | 'failedShould' | 'notApplicable', number>
  >
  readonly clauses: readonly {
    readonly id: string
    readonly result: string
    readonly got?: string
  }[]
}

const app = path.join(root, 'apps/links-node')
const withHandlers = path.join(app, 'test/fixtures/conform.ts')
const conform = path.join(root, 'packages/conform/src/bin.ts')
const image = 'mooring-conform-links'

/** A store that workers share, in the folder that each start has for itself. */
const withStore = ['sh', '-c', 'STORE_URL="file:$TMPDIR/links.sqlite" exec "$0" "$@"']
const backing = ['--backing-env', 'PREVIEW_URL', '--backing-path', '/__conform/backing']

const asked = process.argv.slice(2)
const ways = [...onThisMachine(), ...inContainer()].filter(
  ({ name }) => asked.length === 0 || asked.some((text) => name.includes(text)),
)
execFileSync('mooring', ['build'], { cwd: app, stdio: 'ignore' })
const needsImage = ways.some(({ file }) => file === 'docker')
if (needsImage) await buildImage()
try {
  process.exitCode = (await holdAll()) ? 0 : 1
} finally {
  if (needsImage) execFileSync('docker', ['rmi', image], { stdio: 'ignore' })
}

/** Prints a row for each way. @returns whether all of them keep every clause that applies */
async function holdAll(): Promise<boolean> {
  let holds = true
  process.stdout.write('| Way | Passed | MUST failed | SHOULD failed | Not applicable |\n')
  process.stdout.write('| --- | --- | --- | --- | --- |\n')
  for (const way of ways) {
    const { totals, clauses } = await hold(way)
    const { passed, failedMust, failedShould, notApplicable } = totals
    const cells = [way.name, passed, failedMust, failedShould, notApplicable]
    process.stdout.write(`| ${cells.join(' | ')} |\n`)
    for (const { id, result, got } of clauses) {
      if (result === 'fail') process.stderr.write(`${way.name}: ${id}: ${got}\n`)
    }
    holds &&= failedMust + failedShould === 0
  }
  return holds
}

function onThisMachine(): Way[] {
  const modes: readonly (readonly [string, readonly string[]])[] = [
    ['alone', []],
    ['WEB_CONCURRENCY=2', ['--env', 'WEB_CONCURRENCY=2']],
    ['PID 1', ['--pid-1']],
  ]
  return Object.entries(nodeVersions).flatMap(([major, version]) =>
    modes.flatMap(([mode, more]) =>
      programs(path.join(app, 'dist/main.js')).map(({ what, own, command }) => ({
        name: `${what}, Node ${major}, ${mode}`,
        file: process.execPath,
        args: [
          conform,
          '--json',
          ...more,
          ...own,
          '--',
          ...withStore,
          fetchNode(version),
          ...command,
        ],
      })),
    ),
  )
}

/** The checker runs inside too, on the image's own Node; the workspace is mounted for it. */
function inContainer(): Way[] {
  return ['node', 'root'].flatMap((user) =>
    programs('main.js').map(({ what, own, command }) => {
      const run = ['run', '--rm', '--init', '--user', user, '--tmpfs', '/tmp:exec']
      const inside = ['node', conform, '--json', ...own, '--', ...withStore, 'node', ...command]
      return {
        name: `${what}, container, as ${user}`,
        file: 'docker',
        args: [...run, '--volume', `${root}:${root}:ro`, image, ...inside],
      }
    }),
  )
}

function programs(main: string) {
  return [
    { what: 'the bundle', own: [], command: ['--enable-source-maps', main] },
    { what: 'with handlers', own: backing, command: [withHandlers] },
  ]
}

/** @throws where there is no report */
async function hold({ file, args }: Way): Promise<Report> {
  const run = promisify(execFile)
  const { stdout } = await run(file, args, { cwd: root, maxBuffer: 2 ** 26 }).catch(
    (error: { stdout: string; stderr: string }) => {
      if (!error.stdout.startsWith('{')) throw new Error(error.stderr)
      return error
    },
  )
  return JSON.parse(stdout) as Report
}

async function buildImage(): Promise<void> {
  const base = 'node:26-slim'
  const docker = (...args: string[]) => execFileSync('docker', args, { cwd: root, stdio: 'pipe' })
  try {
    docker('image', 'inspect', base)
  } catch {
    await makeStandInImage(base, process.execPath)
  }
  docker('build', '--network', 'host', '-f', 'apps/links-node/Dockerfile', '-t', image, '.')
}
