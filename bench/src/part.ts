/** What a run was asked for. */
export interface Settings {
  readonly rounds: number
  /** Of load on one server at a time. */
  readonly seconds: number
  /** Names of servers; `undefined` for all. */
  readonly only: readonly string[] | undefined
  /** Names of workloads; `undefined` for all. */
  readonly workloads: readonly string[] | undefined
  /** Above this share of the server's core used by others a spell is left out. */
  readonly mostDisturbance: number
  /** Tells how far it is. */
  readonly say: (text: string) => void
}

/** A figure rests on at least so many of the rounds, or there is none. */
export function fewestOf({ rounds }: Settings): number {
  return Math.ceil(rounds / 2)
}
