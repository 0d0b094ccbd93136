import { execFile, execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { promisify } from 'node:util'
import { makeStandInImage } from '../../../scripts/docker/stand-in-image.ts'
import { publicFolder, root, serverFile } from '../build.ts'
import { type Figure, figureOf, ratioOf, seriesOf } from '../figures.ts'
import { memoryOf } from '../memory.ts'
import type { Settings } from '../part.ts'
import { baseline } from '../peers.ts'
import { freePort } from '../server.ts'
import { firstAnswer } from './start.ts'

export interface ContainerResult {
  /** Why there are no rows: no engine. */
  readonly absent?: string
  readonly rows: readonly {
    readonly name: string
    /** From the command to the first answered request: with what the engine takes for itself. */
    readonly commandMs: Figure
    /** From the start of the process. */
    readonly elapsedMs: Figure
    readonly ratio: Figure | undefined
    readonly residentBytes: Figure
  }[]
}

interface Sample {
  readonly commandMs: number
  readonly elapsedMs: number
  readonly residentBytes: number
}

const image = 'mooring-bench-links'
const base = 'node:26-slim'

/** Where a registry of images can be reached, it has sent this one by then. */
const pullMs = 120_000

/** proc(5) counts in hundredths of a second. */
const tickMs = 10

const run = promisify(execFile)

/** The start of the image of `apps/links`, beside a raw program in the same image. */
export async function measureContainer(settings: Settings): Promise<ContainerResult> {
  try {
    await run('docker', ['version'])
  } catch {
    return { absent: 'There is no Docker Engine on this machine.', rows: [] }
  }
  await buildImage(settings)
  const inImage = '/bench/node-http.mjs'
  const volumes = [`${serverFile(baseline)}:${inImage}:ro`, `${publicFolder}:/bench/public:ro`]
  const raw = [
    '--env',
    'BENCH_PUBLIC=/bench/public',
    ...volumes.flatMap((one) => ['--volume', one]),
  ]
  const subjects = [
    { name: baseline, options: raw, command: ['node', inImage], at: '/text' },
    { name: 'links', options: [], command: [], at: '/api/links' },
  ]
  const samples: Sample[][] = subjects.map(() => [])
  try {
    for (let round = 0; round <= settings.rounds; round++) {
      settings.say(`container, round ${round} of ${settings.rounds}`)
      for (const [index, subject] of subjects.entries()) {
        const sample = await startOnce(subject)
        // The first one reads the image from the disk.
        if (round > 0) samples[index]!.push(sample)
      }
    }
  } finally {
    await run('docker', ['rmi', image])
  }
  return {
    rows: subjects.map(({ name }, index) => ({
      name,
      commandMs: figureOf(seriesOf(samples[index]!, 'commandMs'))!,
      elapsedMs: figureOf(seriesOf(samples[index]!, 'elapsedMs'))!,
      ratio: ratioOf(seriesOf(samples[index]!, 'elapsedMs'), seriesOf(samples[0]!, 'elapsedMs')),
      residentBytes: figureOf(seriesOf(samples[index]!, 'residentBytes'))!,
    })),
  }
}

async function startOnce(subject: {
  readonly options: readonly string[]
  readonly command: readonly string[]
  readonly at: string
}): Promise<Sample> {
  const port = await freePort()
  const settings = ['--network', 'host', '--env', `PORT=${port}`, ...subject.options]
  const { stdout } = await run('docker', ['create', ...settings, image, ...subject.command])
  const id = stdout.trim()
  try {
    const began = performance.now()
    const started = run('docker', ['start', id])
    await firstAnswer(port, subject.at, () => false)
    const answered = performance.now()
    const uptimeMs = Number(readFileSync('/proc/uptime', 'utf8').split(' ')[0]) * 1_000
    await started
    const inspected = await run('docker', ['inspect', '--format', '{{.State.Pid}}', id])
    const pid = Number(inspected.stdout)
    return {
      commandMs: answered - began,
      elapsedMs: uptimeMs - startOf(pid) * tickMs,
      residentBytes: memoryOf(pid).residentBytes,
    }
  } finally {
    await run('docker', ['rm', '--force', '--volumes', id])
  }
}

/** When a process was started, in ticks since the system was: the 22nd field, and the second has spaces. */
function startOf(pid: number): number {
  const [, fields = ''] = /\) (.*)$/.exec(readFileSync(`/proc/${pid}/stat`, 'utf8').trim()) ?? []
  return Number(fields.split(' ')[19])
}

async function buildImage({ say }: Settings): Promise<void> {
  say('container: the image is being built')
  try {
    await run('docker', ['image', 'inspect', base])
  } catch {
    await run('docker', ['pull', '--quiet', base], { timeout: pullMs }).catch(() =>
      // No registry of images can be reached from here.
      makeStandInImage(base, process.execPath),
    )
  }
  const file = 'apps/links-node/Dockerfile'
  const args = ['build', '--network', 'host', '-f', file, '-t', image, '.']
  execFileSync('docker', args, { cwd: root, stdio: 'pipe' })
}
