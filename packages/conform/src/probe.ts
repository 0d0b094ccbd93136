import type { Answer } from './answer.ts'
import { Backing } from './checks/backing.ts'
import type { Running } from './running.ts'
import { Subject } from './subject.ts'
import type { RichPath, Target } from './target.ts'
import { excerpt } from './text.ts'

/**
 * Where the handlers are looked for when nobody says where they are. An app made for this, a few lines
 * in any framework, puts them under `/__conform`.
 */
export const conventionalPaths: Readonly<Record<RichPath, readonly string[]>> = {
  live: ['/livez', '/healthz', '/health/live'],
  ready: ['/readyz', '/ready', '/health/ready'],
  slow: ['/__conform/slow?ms={ms}'],
  block: ['/__conform/block?ms={ms}'],
  stream: ['/__conform/stream?chunks={chunks}&ms={ms}&bytes={bytes}'],
  echo: ['/__conform/echo'],
  header: ['/__conform/header?value={value}'],
  client: ['/__conform/client'],
  log: ['/__conform/log'],
  // Last: it may end the process.
  throw: ['/__conform/throw?kind={kind}'],
}

/** Where a handler that calls a backing service is looked for, and the variable with its URL. */
const conventionalBacking = { variable: 'BACKING_URL', path: '/__conform/backing' } as const

/** What is known of a command that did not come to work. */
export interface Trouble {
  /** How it stood, in a few words. */
  readonly got: string
  /** What it said, in lines. */
  readonly said: readonly string[]
  /** Whether it says that its configuration is wrong: EX_CONFIG of sysexits.h. */
  readonly isMisconfigured: boolean
}

/** What one start of the command tells about it. */
export interface Probed {
  /** The target, with the paths that were found. */
  readonly target: Target
  /** Why it did not come to work, where it did not. */
  readonly trouble?: Trouble
}

/** Starts the command once and looks which handlers it has. */
export async function probe(target: Target): Promise<Probed> {
  const subject = new Subject(target)
  const service = await Backing.open()
  try {
    const env = { [conventionalBacking.variable]: service.url }
    const running = await subject.start({ isEarly: true, env })
    if (!(await running.worksWithin(target.bootMs * 2))) {
      const said = excerpt(running.stderr || running.stdout, 12, 6)
      const isMisconfigured = running.exited?.code === 78
      return { target, trouble: { got: await running.stand(), said, isMisconfigured } }
    }
    if (target.profile !== 'web') return { target }
    const unknown = await running.ask('/__conform/no-such-path')
    const { path } = conventionalBacking
    const hasBacking = isThere('backing', await running.ask(path, { ms: 3_000 }), unknown)
    const backing = target.backing ?? (hasBacking ? conventionalBacking : undefined)
    const paths = await findPaths(running, target, unknown)
    return { target: { ...target, backing, paths } }
  } finally {
    service.close()
    await subject.dispose()
  }
}

async function findPaths(
  running: Running,
  target: Target,
  unknown: Answer,
): Promise<Target['paths']> {
  const paths = { ...target.paths }
  for (const [name, candidates] of Object.entries(conventionalPaths) as [RichPath, string[]][]) {
    for (const template of candidates) {
      if (paths[name] !== undefined) break
      const path = template.replace(/\{(\w+)\}/g, (_, key: string) =>
        key === 'kind' ? 'async' : '1',
      )
      const parts = name === 'echo' ? { method: 'POST', body: 'conform' } : {}
      const answer = await running.ask(path, { ...parts, ms: 3_000 })
      if (isThere(name, answer, unknown)) paths[name] = template
    }
  }
  return paths
}

function isThere(name: RichPath | 'backing', answer: Answer, unknown: Answer): boolean {
  if (name === 'throw')
    return unknown.status !== 500 && (answer.status === 500 || answer.status === 0)
  if (name === 'echo') return answer.status === 200 && answer.body.toString() === 'conform'
  const isSame = answer.status === unknown.status && answer.body.equals(unknown.body)
  return answer.status === 200 && !isSame
}
