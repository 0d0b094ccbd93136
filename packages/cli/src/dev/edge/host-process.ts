import { fork } from 'node:child_process'
import { createTail, type Exit, exitOf, killGroup, readLines, stopChild } from '../child.ts'
import { siblingModule } from '../sibling-module.ts'
import type { EdgeSetup, FromHost, ToHost } from './protocol.ts'

/** What the host tells without being asked. */
export type HostNews = Extract<
  FromHost,
  { readonly type: 'log' | 'runtime-crashed' | 'runtime-restarted' }
>

type Answer = Exclude<FromHost, HostNews>

/** One run of the edge host. */
export interface HostProcess {
  /** @returns the answer; `undefined` when the host ended before it gave one */
  readonly ask: (
    message: Extract<ToHost, { readonly type: 'build' | 'apply' }>,
  ) => Promise<Answer | undefined>
  readonly exited: Promise<Exit>
  /** The end of what Wrangler, Miniflare and workerd wrote; of interest when something fails. */
  readonly output: () => string
  readonly stop: () => Promise<void>
  readonly kill: () => void
}

export interface HostOptions {
  readonly setup: EdgeSetup
  /** For temporary files; the host removes it when it ends. */
  readonly scratchFolder: string
  readonly onNews: (news: HostNews) => void
}

/** What Wrangler says of each build, and what explains none that fails. */
const everyBuild = /^Using (secrets|vars) defined in /

/** Milliseconds for the host to end workerd and to tidy up. */
const stopMs = 4_000

export function startHostProcess(options: HostOptions): HostProcess {
  const { setup, scratchFolder, onNews } = options
  const tail = createTail()
  const waiting: ((answer: Answer | undefined) => void)[] = []
  const child = fork(new URL(siblingModule('host', import.meta.url)), {
    execArgv: ['--disable-warning=ExperimentalWarning'],
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    detached: true,
    env: {
      ...process.env,
      // Nothing of this asks the network, or tells it anything.
      CLOUDFLARE_CF_FETCH_ENABLED: 'false',
      WRANGLER_SEND_METRICS: 'false',
      FORCE_COLOR: '0',
      TMPDIR: scratchFolder,
      // Else it goes into a folder of the user's, and stays.
      WRANGLER_LOG_PATH: scratchFolder,
      MOORING_SCRATCH: scratchFolder,
    },
  })
  const send = (message: ToHost) => {
    if (child.connected) child.send(message)
  }

  readLines(child.stdout, (line) => {
    if (!everyBuild.test(line)) tail.push(line)
  })
  readLines(child.stderr, tail.push)
  child.on('message', (message: FromHost) => {
    if (isNews(message)) onNews(message)
    else waiting.shift()?.(message)
  })
  const exited = exitOf(child)
  void exited.then(() => {
    for (const settle of waiting.splice(0)) settle(undefined)
  })
  send({ type: 'setup', setup })

  return {
    ask(message) {
      if (!child.connected) return Promise.resolve(undefined)
      // What was said before explains nothing of what comes now.
      if (message.type === 'build') tail.clear()
      send(message)
      return new Promise((resolve) => waiting.push(resolve))
    },
    exited,
    output: tail.text,
    stop: () => stopChild(child, exited, stopMs),
    kill: () => killGroup(child),
  }
}

function isNews(message: FromHost): message is HostNews {
  return message.type === 'log' || message.type.startsWith('runtime-')
}
