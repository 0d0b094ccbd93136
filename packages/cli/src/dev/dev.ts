import type { ReadStream } from 'node:tty'
import { exitCodes } from '../exit-codes.ts'
import { version } from '../version.ts'
import type { Endpoint, Report } from './events.ts'
import { type KeyActions, listenToKeys } from './keyboard.ts'
import { openUrl } from './open-url.ts'
import { type Held, heldBy, holdPorts } from './hold-ports.ts'
import { createReport } from './report.ts'
import { shownPath } from '../shown-path.ts'
import { endStreamsMs, type Side } from './side.ts'
import { startSides } from './start-sides.ts'
import { findTargets } from './targets.ts'

/** A second Ctrl-C sooner than this is the same key press, told by the terminal and by pnpm. */
const secondInterruptMs = 500

/** Milliseconds for requests in flight on the injected side, which cannot be told to drain. */
const drainMs = 5_000

/**
 * Serves an app port-bound and injected until it is told to stop: hold the ports, start the sides,
 * tell that they answer, follow every save, let them finish.
 *
 * @param folders where the apps are
 * @param backing `name=folder` of apps to start as backing services
 * @returns the status to exit with
 */
export async function dev(folders: readonly string[], backing: readonly string[]): Promise<number> {
  const targets = findTargets(process.cwd(), folders, backing)
  const { promise: stopped, resolve: stop } = Promise.withResolvers<string>()
  const sides: Side[] = []
  let interruptedAtMs: number | undefined

  const report = createReport(process.stdout, () => stop('nobody reads'))
  const kill = () => sides.forEach((side) => side.kill())
  const onInterrupt = () => {
    const nowMs = performance.now()
    interruptedAtMs ??= nowMs
    if (nowMs - interruptedAtMs >= secondInterruptMs) kill()
    else stop('SIGINT')
  }
  process.on('SIGINT', onInterrupt)
  process.on('SIGTERM', stop).on('SIGHUP', stop)
  // Whatever ends this process, it leaves none behind.
  process.on('exit', kill)

  const held = await holdPorts(targets, process.env, report)
  const { promise: allReady, resolve: onAllReady } = Promise.withResolvers<void>()
  const reportStart = tellingWhoAnswers(sides, held, allReady, report)
  const follow = startSides({ sides, targets, held, report: reportStart, allReady })
  const endKeys = listenToTerminal({
    restart: () => sides.forEach((side) => side.restart()),
    open: () => void open(held, report),
    quit: () => stop('q'),
    interrupt: onInterrupt,
  })

  // From here on everything may take its time: the ports are held and the sides are starting.
  const { createWatcher } = await import('./watcher.ts')
  const watcher = createWatcher(
    (files) => sides.forEach((side) => side.changed(files)),
    (root, reason) => report({ event: 'notice', message: pollingNotice(root, reason) }),
  )
  follow(() => sides.forEach((side) => watcher.follow(side.inputs())))

  void announce(sides, held, watcher.ready, report).then(onAllReady)
  const reason = await stopped
  report({ event: 'stopping', reason })
  endKeys()
  await watcher.close()
  await drain(sides, held)
  report({ event: 'stopped' })
  return exitCodes.done
}

/** Tells once that all sides answer, and what they are attached to. */
async function announce(
  sides: readonly Side[],
  held: readonly Held[],
  watching: () => Promise<void>,
  report: Report,
): Promise<void> {
  const resources = await Promise.all(sides.map((side) => side.ready))
  await watching()
  const endpoints: Endpoint[] = held.map(({ name, url, folder }) => {
    const at = sides.findIndex((side) => side.name === name)
    return { side: name, url, folder: shownPath(folder), resources: resources[at] ?? [] }
  })
  const readyInMs = Math.round(performance.now())
  report({ event: 'ready', version, readyInMs, endpoints })
}

/**
 * Reports, and where a side cannot start, says once where the others answer: the event that tells of
 * all of them has to wait for it.
 */
function tellingWhoAnswers(
  sides: readonly Side[],
  held: readonly Held[],
  allReady: Promise<void>,
  report: Report,
): Report {
  let areReady = false
  let isTold = false
  void allReady.then(() => (areReady = true))
  return (event) => {
    report(event)
    if (event.event !== 'error' || areReady || isTold) return
    isTold = true
    const others = sides.filter(({ name }) => name !== event.side)
    if (others.length === 0) return
    const urls = others.map(({ name }) => `${name} at ${heldBy(held, name).url}`)
    let hasCome = false
    void sides.find(({ name }) => name === event.side)?.ready.then(() => (hasCome = true))
    const message = `Meanwhile these answer: ${urls.join(', ')}. A save that mends it starts ${event.side}, and so does a restart (r).`
    void Promise.all(others.map(({ ready }) => ready)).then(() => {
      if (!hasCome) report({ event: 'notice', message })
    })
  }
}

/** The main sides go first: until they are done they may need their backing services. */
async function drain(sides: readonly Side[], held: readonly Held[]): Promise<void> {
  const closed = held.map(({ front }) => front.close())
  const isMain = ({ name }: Side) => name === 'port-bound' || name === 'injected'
  for (const group of [sides.filter(isMain), sides.filter((side) => !isMain(side))]) {
    await Promise.all(
      group.map(async (side) => {
        if (side.name === 'injected') {
          const { front } = heldBy(held, side.name)
          await Promise.all([front.idle(drainMs), front.endStreams(endStreamsMs)])
        }
        await side.stop()
      }),
    )
  }
  for (const { front } of held) front.destroy()
  await Promise.all(closed)
}

function pollingNotice(root: string, reason: string): string {
  const how = 'The system may allow more: see fs.inotify.max_user_watches and max_user_instances.'
  return `${shownPath(root)} cannot be watched (${reason}). Its files are polled instead. ${how}`
}

function listenToTerminal(actions: KeyActions): () => void {
  const { stdin, stdout } = process
  return stdin.isTTY && stdout.isTTY ? listenToKeys(stdin as ReadStream, actions) : () => {}
}

async function open([first]: readonly Held[], report: Report): Promise<void> {
  if (!first || (await openUrl(first.url))) return
  report({ event: 'notice', message: `There is no program to open ${first.url} with.` })
}
