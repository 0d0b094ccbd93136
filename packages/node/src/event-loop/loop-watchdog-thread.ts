import type { Debugger, InspectorNotification } from 'node:inspector'

/** What the thread is told. */
export interface WatchData {
  readonly app: string
  readonly limitMs: number
  /** Its one number is another one each time the loop turns. */
  readonly beats: Int32Array
}

/**
 * Watches the main thread from a thread of its own, and writes one line when its loop has not
 * turned for the limit: for how long, and where it is. The stack comes from the debugger, which
 * stops a busy script for a millisecond; code that is not script can only be stopped when it
 * returns to one, and is told then.
 *
 * It is run from its text: it may use nothing of this file.
 */
export function watchFromOutside(): void {
  const { workerData } = process.getBuiltinModule('node:worker_threads')
  const { Session } = process.getBuiltinModule('node:inspector')
  const { writeSync } = process.getBuiltinModule('node:fs')
  const { app, limitMs, beats } = workerData as WatchData

  /** Long enough for any script to be stopped, on a busy machine too. */
  const stopMs = 2_000
  const mostFrames = 15

  let beat = -1
  let sinceMs = 0
  /** Whether this block was told, or is about to be. */
  let isTold = false

  function look(): void {
    const nowMs = performance.now()
    const now = Atomics.load(beats, 0)
    if (now !== beat) {
      beat = now
      sinceMs = nowMs
      isTold = false
    } else if (!isTold && nowMs - sinceMs >= limitMs) {
      isTold = true
      tellWhere(sinceMs)
    }
  }

  function tellWhere(fromMs: number): void {
    const session = new Session()
    const urls = new Map<string, string>()
    let message = 'the event loop is blocked'
    const inNative = setTimeout(() => {
      tell(message, fromMs, 'not in a script')
      message = 'the event loop was blocked here'
    }, stopMs)
    session.on(
      'Debugger.scriptParsed',
      ({ params }: InspectorNotification<Debugger.ScriptParsedEventDataType>) =>
        void urls.set(params.scriptId, params.url),
    )
    session.on(
      'Debugger.paused',
      ({ params }: InspectorNotification<Debugger.PausedEventDataType>) => {
        session.post('Debugger.resume')
        session.post('Debugger.disable', () => session.disconnect())
        clearTimeout(inNative)
        const frames = params.callFrames.map(({ functionName, location }) => {
          const { scriptId, lineNumber, columnNumber = 0 } = location
          const place = `${urls.get(scriptId) ?? '?'}:${lineNumber + 1}:${columnNumber + 1}`
          return functionName === '' ? `    at ${place}` : `    at ${functionName} (${place})`
        })
        tell(message, fromMs, frames.slice(0, mostFrames).join('\n'))
      },
    )
    session.connectToMainThread()
    session.post('Debugger.enable')
    session.post('Debugger.pause')
  }

  /** Past process.stdout, whose own thread is the one that is blocked. */
  function tell(message: string, fromMs: number, stack: string): void {
    const ms = Math.round(performance.now() - fromMs)
    const event = { time: new Date().toISOString(), level: 'warn', message, app, ms, stack }
    try {
      writeSync(1, `${JSON.stringify(event)}\n`)
    } catch {
      // The reader of stdout is slow, or gone.
    }
  }

  setInterval(look, Math.max(limitMs / 4, 10))
}
