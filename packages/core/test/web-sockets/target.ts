import { setTimeout as sleep } from 'node:timers/promises'
import { handshake, openedRaw, type RawClient } from './client.ts'

/** The fixture app, served by one adapter in a real process. */
export interface WebSocketTarget {
  readonly port: number
  /** All that was logged so far. */
  readonly log: () => string
}

/** What the runtime itself decides, and no adapter can change. */
export interface RuntimeFacts {
  /** workerd takes frames that are not masked, and control frames that are too large; Deno the former. */
  readonly checksFrames: boolean
  /**
   * What a client that breaks the protocol gets: a close frame, one with the reason as text (Bun),
   * or the end of the connection (Deno).
   */
  readonly breach: 'code' | 'reason' | 'end'
  /** Deno stops reading HTTP at any `Upgrade`. */
  readonly ignoresOtherUpgrades: boolean
  /** workerd puts U+FFFD in the place of what is not UTF-8. */
  readonly checksUtf8: boolean
  /** miniflare, in front of workerd in the tests, keeps the client's key to itself. */
  readonly showsKey: boolean
  /** workerd drops `Upgrade` from a 426. */
  readonly namesUpgrade: boolean
}

export type Line = Readonly<Record<string, unknown>>

/** The lines of a socket, by the name it was opened with. */
export function linesOf(target: WebSocketTarget, name: string): readonly Line[] {
  return target
    .log()
    .split('\n')
    .filter((text) => text.startsWith('{') && text.endsWith('}'))
    .map((text) => JSON.parse(text) as Line)
    .filter((entry) => entry['name'] === name)
}

/** Waits for a line of a socket. */
export async function line(target: WebSocketTarget, name: string, message: string): Promise<Line> {
  for (;;) {
    const found = linesOf(target, name).find((candidate) => candidate['message'] === message)
    if (found) return found
    await sleep(10)
  }
}

let sockets = 0

/** A raw client on a route, and the name of its socket in the log. */
export async function named(
  target: WebSocketTarget,
  path = '/ws',
  headers: Readonly<Record<string, string>> = {},
): Promise<{ readonly client: RawClient; readonly name: string }> {
  const name = `socket-${process.pid}-${(sockets += 1)}`
  const query = `${path.includes('?') ? '&' : '?'}name=${name}`
  return { name, client: await openedRaw(target.port, path + query, handshake(headers)) }
}
