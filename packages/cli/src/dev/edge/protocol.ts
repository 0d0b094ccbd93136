import type { Message as BuildMessage } from 'esbuild'
import type { ResourceLine } from '../events.ts'

/** A backing service of the main Worker. */
export interface BackingWorker {
  /** The service binding, such as `PREVIEW`. */
  readonly binding: string
  /** The Wrangler configuration of the Worker behind it. */
  readonly configPath: string
}

/** A backing service that is no Worker: a process that answers HTTP. */
export interface BackingAddress {
  readonly binding: string
  /** Host and port. */
  readonly address: string
}

/** What the edge host runs. */
export interface EdgeSetup {
  readonly configPath: string
  readonly backing: readonly (BackingWorker | BackingAddress)[]
  /** Where KV and the like are kept, so that they survive a restart. */
  readonly persistFolder: string
  /** Where what ran last is kept, for a quicker start. */
  readonly warmFolder: string
  /** Where a person reaches the Worker. */
  readonly publicUrl: string
}

/** From `mooring dev` to the edge host. */
export type ToHost =
  | { readonly type: 'setup'; readonly setup: EdgeSetup }
  /** Bundle because of these files, or of anything where there are none; `force`: it has changed. */
  | { readonly type: 'build'; readonly force: boolean; readonly files: readonly string[] }
  /** Run what was bundled last. */
  | { readonly type: 'apply' }

/** From the edge host to `mooring dev`. Each `build` and each `apply` has exactly one answer. */
export type FromHost =
  | {
      readonly type: 'built'
      /** Whether it differs from what runs. */
      readonly changed: boolean
      /** Whether it is what ran last time, and Wrangler has yet to be asked. */
      readonly warm: boolean
      readonly inputs: EdgeInputs
    }
  | { readonly type: 'not-built'; readonly failure: EdgeFailure; readonly inputs: EdgeInputs }
  | { readonly type: 'applied'; readonly port: number; readonly resources: readonly ResourceLine[] }
  /** `port` is where the last good version answers again. */
  | { readonly type: 'not-applied'; readonly failure: EdgeFailure; readonly port?: number }
  /** The runtime died, and is started again. */
  | { readonly type: 'runtime-crashed' }
  | { readonly type: 'runtime-restarted'; readonly port: number }
  | { readonly type: 'log'; readonly level: string; readonly message: string }

/** The files that a build depends on. */
export interface EdgeInputs {
  readonly files: readonly string[]
  /** Folders all of whose files count. */
  readonly folders: readonly string[]
}

export interface EdgeFailure {
  /** What it is about. */
  readonly of: 'code' | 'configuration'
  /** The bundler's messages, their files absolute. */
  readonly messages: readonly BuildMessage[]
  readonly text: string
}
