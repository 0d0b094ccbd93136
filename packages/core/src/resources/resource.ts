import type { Problem } from '../problem.ts'
import type { Consumption, DeadLetters, QueueStore } from '../queues/queue-store.ts'
import type { MessageBatch } from '../queues/message-batch.ts'
import type { Delivery, Outcome, Receiving } from '../queues/receive.ts'
import type { ResourceKind, ResourceNames } from './resource-names.ts'
import type { Kv } from './kv-handle.ts'
import type { Topic } from './topic-handle.ts'

/** Where a resource is attached: by URL (port-bound) or by binding (injected). */
export type Attachment = UrlAttachment | BindingAttachment

interface Attached extends ResourceNames {
  /** The app's name, for what a store shares with other apps. */
  readonly app: string
}

export interface UrlAttachment extends Attached {
  readonly via: 'url'
  readonly url: URL
  /** The URL as it is written: a `URL` forgets that `file:./store.sqlite` is relative. */
  readonly text: string
  /** Opens the store that the URL names; the adapter knows which schemes there are. */
  readonly openKv: (at: UrlAttachment) => Promise<Opened<Kv>>
  readonly openTopic: (at: UrlAttachment) => Promise<Opened<Topic>>
  readonly openQueue: (at: UrlAttachment) => Promise<QueueStore>
}

export interface BindingAttachment extends Attached {
  readonly via: 'binding'
  readonly value: unknown
}

/** A handle, how to ask whether it works, and how to let go of it. */
export interface Opened<Handle> {
  readonly handle: Handle
  /** Rejects where the backing service cannot be reached. Only for what can be asked cheaply. */
  readonly check?: () => Promise<unknown>
  readonly close?: () => Promise<void>
  /** Of a queue, port-bound: begins to handle its messages. */
  readonly consume?: (consumption: Consumption) => void
  readonly deadLetters?: DeadLetters
  /** Of a queue, injected: handles messages that the runtime brings. */
  readonly receiver?: BatchReceiver
}

/** The receiving end of a queue that the runtime brings messages of. */
export interface BatchReceiver {
  readonly concurrency: number
  /** Handles one message of this queue. */
  readonly receive: (delivery: Delivery, receiving: Receiving) => Promise<Outcome>
  /** Handles a batch, each message by the queue that it is of. */
  readonly run: (
    batch: MessageBatch,
    queues: readonly AttachedResource[],
    receiving: Receiving,
  ) => Promise<void>
}

/** What `kv()`, `topic()`, `queue()` and `service()` return: a declaration, to be attached by configuration. */
export interface Resource<Handle = unknown> {
  readonly kind: ResourceKind
  /** An optional one that is not attached has the handle `undefined`. */
  readonly optional: boolean
  /** The lines of a Worker's configuration, where it takes more than the binding. */
  readonly lines?: (app: string, binding: string) => string
  /**
   * @returns the handle, or the reason why this attachment cannot serve, which becomes a problem
   *   of the start
   */
  readonly attach: (at: Attachment) => Promise<Opened<Handle> | { readonly refused: string }>
}

/** The handles that `setup` gets, by the names of the declaration. */
export type Handles<Resources> = {
  readonly [name in keyof Resources]: Resources[name] extends Resource<infer Handle>
    ? Handle
    : never
}

/** A resource after the start, for banners, logs and health checks. */
export interface AttachedResource extends Pick<
  Opened<unknown>,
  'check' | 'close' | 'consume' | 'deadLetters' | 'receiver'
> {
  readonly name: string
  readonly kind: ResourceKind
  /** What it is attached to, safe to print; `undefined` where an optional one is not. */
  readonly target: string | undefined
  /** Whether the adapter chose it because nothing was set (development only). */
  readonly embedded: boolean
}

/** What an adapter finds in its environment for one resource. */
export type Found =
  | { readonly at: Attachment; readonly target: string; readonly embedded: boolean }
  | { readonly missing: Problem }
  | { readonly wrong: Problem }

/** Attaches every declared resource; what is missing or wrong becomes a problem. */
export async function attachAll(
  declared: Readonly<Record<string, Resource>>,
  find: (name: string, resource: Resource) => Found,
  problems: Problem[],
): Promise<{ handles: Record<string, unknown>; attached: AttachedResource[] }> {
  const handles: Record<string, unknown> = {}
  const attached: AttachedResource[] = []
  for (const [name, resource] of Object.entries(declared)) {
    const found = find(name, resource)
    const { kind } = resource
    if ('missing' in found && resource.optional) {
      handles[name] = undefined
      attached.push({ name, kind, target: undefined, embedded: false })
    } else if (!('at' in found)) {
      problems.push('missing' in found ? found.missing : found.wrong)
    } else {
      const opened = await resource.attach(found.at)
      const { target, embedded, at } = found
      if ('refused' in opened) {
        const at_ = at.via === 'url' ? at.variable : at.binding
        problems.push({ name: at_, value: target, expected: opened.refused })
      } else {
        const { handle, ...rest } = opened
        handles[name] = handle
        attached.push({ name, kind, target, embedded, ...rest })
      }
    }
  }
  return { handles, attached }
}
