/** A resource and what it is attached to on one side, safe to print. */
export interface ResourceLine {
  readonly name: string
  readonly kind: string
  readonly target: string
  /** Whether Mooring chose it because nothing was set. */
  readonly embedded: boolean
}

/** An address that answers. */
export interface Endpoint {
  /** `port-bound`, `injected`, or the name of a backing service. */
  readonly side: string
  readonly url: string
  /** The app's folder, relative to where the command was started. */
  readonly folder: string
  readonly resources: readonly ResourceLine[]
}

/** What `mooring dev` has to tell. Not on a terminal, each is one JSON line. */
export type DevEvent =
  /** A default port was taken. */
  | {
      readonly event: 'port-moved'
      readonly side: string
      readonly message: string
      readonly port: number
    }
  /** All sides answer, for the first time. */
  | {
      readonly event: 'ready'
      readonly version: string
      readonly readyInMs: number
      readonly endpoints: readonly Endpoint[]
    }
  /** A side answers with a newer version. */
  | {
      readonly event: 'reloaded'
      readonly side: string
      readonly files: readonly string[]
      readonly afterMs: number
    }
  /** The latest save of a side does not run; `serving` is whether an earlier version answers. */
  | {
      readonly event: 'error'
      readonly side: string
      readonly title: string
      readonly text: string
      /** What the side's tools wrote, where that may explain it. */
      readonly output?: string
      readonly serving: boolean
    }
  /** The latest save runs again, and needed no reload. */
  | { readonly event: 'recovered'; readonly side: string }
  /** A side ended by itself, and is started again. */
  | {
      readonly event: 'crashed'
      readonly side: string
      readonly reason: string
      readonly output: string
      readonly restartInMs: number
    }
  /** A side that crashed answers again. */
  | { readonly event: 'restarted'; readonly side: string; readonly afterMs: number }
  /** A line that an app wrote: a log event with its fields, or any text. */
  | {
      readonly event: 'log'
      readonly side: string
      readonly level: string
      readonly message: string
      readonly [field: string]: unknown
    }
  | { readonly event: 'notice'; readonly message: string }
  | { readonly event: 'stopping'; readonly reason: string }
  | { readonly event: 'stopped' }

/** Takes every event and shows it. */
export type Report = (event: DevEvent) => void
