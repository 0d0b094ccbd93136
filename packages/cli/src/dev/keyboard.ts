import type { ReadStream } from 'node:tty'

export interface KeyActions {
  readonly restart: () => void
  readonly open: () => void
  readonly quit: () => void
  readonly interrupt: () => void
}

/**
 * Listens to single keys. A terminal that hands over single keys also hands over Ctrl-C, so that is
 * a key here.
 *
 * @returns gives the terminal back
 */
export function listenToKeys(terminal: ReadStream, actions: KeyActions): () => void {
  const actionOf: Readonly<Record<string, () => void>> = {
    r: actions.restart,
    o: actions.open,
    q: actions.quit,
    '\u0003': actions.interrupt,
  }
  const onData = (data: Buffer) => {
    for (const key of data.toString()) actionOf[key]?.()
  }
  terminal.setRawMode(true)
  terminal.on('data', onData)
  return () => {
    terminal.off('data', onData)
    terminal.setRawMode(false)
    terminal.pause()
  }
}
