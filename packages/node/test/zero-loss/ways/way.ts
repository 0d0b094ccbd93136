import type { Environment } from '../../process.ts'

/** The servers behind a router, and how they are restarted. */
export interface Way {
  readonly name: string
  /**
   * Whether processes follow each other on one address. A router does not see that: a check would
   * take out the only server, and no check can tell which connections are about to be closed.
   */
  readonly isOneAddress: boolean
  readonly start: (options: WayOptions) => Promise<Servers>
}

export interface WayOptions {
  /** The fixture that is the server. */
  readonly program: string
  readonly env: Environment
}

export interface Servers {
  readonly ports: readonly number[]
  /** Restarts one server, and waits until the router sends requests to the new one. */
  readonly restart: (during: Restart) => Promise<void>
  readonly stop: () => Promise<void>
}

/** What a restart asks for and tells. */
export interface Restart {
  /** Called right before a signal, with the process that gets it. */
  readonly signalling: (processId: number) => void
  /** Called when the process that got the last signal is gone: what it took with it, it has taken. */
  readonly gone: () => void
  /**
   * Who answers at the router, asked on a connection of its own: the `INSTANCE` of its environment,
   * or its process id. Empty where nobody does.
   */
  readonly who: () => Promise<string>
  /** How long to block the event loop of what is restarted, right before it is told. */
  readonly blockMs: number
}
