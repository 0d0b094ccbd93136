import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { cache, root } from '../build.ts'
import { type Figure, figureOf } from '../figures.ts'
import type { Settings } from '../part.ts'
import { freePort } from '../server.ts'

export interface DevResult {
  readonly rows: readonly {
    readonly name: string
    /** From exec to an answer of each target. */
    readonly readyMs: Figure
    /** From a save to the new answer of each target. */
    readonly savedMs: Figure
  }[]
}

/** A way to develop the same small app. */
interface Tool {
  readonly name: string
  readonly command: (ports: readonly number[]) => readonly string[]
  readonly env?: (ports: readonly number[]) => NodeJS.ProcessEnv
  readonly targets: number
}

const folder = path.join(cache, 'dev')
const greetingFile = path.join(folder, 'app/greeting.ts')
/** That of the Worker of this repository. */
const wrangler = path.join(root, 'apps/links-edge/node_modules/wrangler')
const nodeMain = path.join(folder, 'node/src/main.ts')
const edge = path.join(folder, 'edge')

const tools: readonly Tool[] = [
  {
    name: 'mooring dev, both targets',
    targets: 2,
    command: () => [
      path.join(root, 'node_modules/.bin/mooring'),
      'dev',
      path.join(folder, 'node'),
      edge,
    ],
    env: ([port, edgePort]) => ({ PORT: String(port), EDGE_PORT: String(edgePort) }),
  },
  {
    name: 'wrangler dev',
    targets: 1,
    command: ([port]) => {
      const config = path.join(edge, 'wrangler.jsonc')
      return [
        path.join(wrangler, 'bin/wrangler.js'),
        'dev',
        '--config',
        config,
        '--port',
        String(port),
        '--show-interactive-dev-session=false',
      ]
    },
  },
  {
    name: 'node --watch',
    targets: 1,
    command: () => [process.execPath, '--watch', '--watch-preserve-output', nodeMain],
    env: ([port]) => ({ PORT: String(port) }),
  },
]

const giveUpMs = 60_000

/** How long a developer waits: for the start, and after each save. */
export async function measureDev(settings: Settings): Promise<DevResult> {
  writeProject()
  const rounds = Math.min(settings.rounds, 3)
  const samples = tools.map(() => ({ ready: [] as number[], saved: [] as number[] }))
  for (let round = 1; round <= rounds; round++) {
    for (const [index, tool] of tools.entries()) {
      settings.say(`development, round ${round} of ${rounds}: ${tool.name}`)
      const { ready, saved } = await develop(tool)
      samples[index]!.ready.push(ready)
      samples[index]!.saved.push(...saved)
    }
  }
  const versions = ['', ` ${wranglerVersion()}`, ` ${process.version}`]
  return {
    rows: tools.map(({ name }, index) => ({
      name: `${name}${versions[index]}`,
      readyMs: figureOf(samples[index]!.ready)!,
      savedMs: figureOf(samples[index]!.saved)!,
    })),
  }
}

async function develop(tool: Tool): Promise<{ ready: number; saved: number[] }> {
  const ports: number[] = []
  for (let each = 0; each < tool.targets; each++) ports.push(await freePort())
  let greeting = greet()
  const [file = '', ...args] = tool.command(ports)
  const began = performance.now()
  const child = spawn(file, args, {
    cwd: root,
    env: {
      ...process.env,
      WRANGLER_SEND_METRICS: 'false',
      CLOUDFLARE_CF_FETCH_ENABLED: 'false',
      ...tool.env?.(ports),
    },
    stdio: 'ignore',
    detached: true,
  })
  const answered = () => Promise.all(ports.map((port) => untilItSays(port, greeting, child)))
  try {
    await answered()
    const ready = performance.now() - began
    const saved: number[] = []
    for (let save = 0; save < 3; save++) {
      // As a person would: not in the moment in which it is ready again.
      await delay(500)
      const savedAt = performance.now()
      greeting = greet()
      await answered()
      saved.push(performance.now() - savedAt)
    }
    return { ready, saved }
  } finally {
    await endGroup(child)
  }
}

async function untilItSays(port: number, greeting: string, child: ChildProcess): Promise<void> {
  const giveUpAtMs = performance.now() + giveUpMs
  for (;;) {
    const said = await fetch(`http://localhost:${port}/`).then(
      (answer) => answer.text(),
      () => undefined,
    )
    if (said === greeting) return
    if (child.exitCode !== null || performance.now() > giveUpAtMs) {
      throw new Error(`${child.spawnargs.join(' ')} does not answer ${greeting} on ${port}`)
    }
    await delay(5)
  }
}

/** With all that it has started. */
async function endGroup(child: ChildProcess): Promise<void> {
  const exited = once(child, 'exit')
  if (child.exitCode === null && child.signalCode === null) {
    process.kill(-child.pid!, 'SIGTERM')
    await Promise.race([exited, delay(5_000)])
  }
  try {
    process.kill(-child.pid!, 'SIGKILL')
  } catch {
    // All of them have ended.
  }
}

function wranglerVersion(): string {
  const manifest = readFileSync(path.join(wrangler, 'package.json'), 'utf8')
  return (JSON.parse(manifest) as { version: string }).version
}

let saves = 0

function greet(): string {
  saves += 1
  const greeting = `greeting ${saves}`
  writeFileSync(greetingFile, `export const greeting: string = '${greeting}'\n`)
  return greeting
}

function writeProject(): void {
  const files: Record<string, string> = {
    'package.json': '{ "name": "bench-dev", "type": "module", "private": true }\n',
    'app/app.ts': `import { Hono } from 'hono'
import { greeting } from './greeting.ts'

export const app: Hono = new Hono().get('/', (c) => c.text(greeting))
`,
    'node/src/main.ts': `import { serve } from '@mooring/node'

await serve(app)
`,
    'edge/src/worker.ts': `import { handle } from '@mooring/cloudflare'
import { app } from '../../app/app.ts'

export default handle(app)
`,
    'edge/wrangler.jsonc': `{ "name": "bench-dev", "main": "src/worker.ts", "compatibility_date": "2026-11-01", "send_metrics": false }
`,
  }
  for (const [name, content] of Object.entries(files)) {
    const file = path.join(folder, name)
    mkdirSync(path.dirname(file), { recursive: true })
    writeFileSync(file, content)
  }
}
