import path from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { shownPath } from '../shown-path.ts'
import type { ResourceLine } from './events.ts'

/** One of what `mooring dev` serves, behind a front of its own. */
export interface Side {
  /** `port-bound`, `injected`, or the name of a backing service. */
  readonly name: string
  /** Resolves when it answers for the first time. */
  readonly ready: Promise<readonly ResourceLine[]>
  /** What to watch on its behalf. */
  readonly inputs: () => Inputs
  /** Files were saved, added or removed: whatever of that matters to this side takes effect. */
  readonly changed: (files: readonly string[]) => void
  /** Starts it anew, whether or not anything changed. */
  readonly restart: () => void
  /** Lets it finish what it does, and ends it. */
  readonly stop: () => Promise<void>
  /** Ends it now. */
  readonly kill: () => void
}

/** The files that a side depends on. */
export interface Inputs {
  readonly files: readonly string[]
  /** Folders all of whose files count. */
  readonly folders: readonly string[]
}

/** Milliseconds that a request may take before a version is replaced under it. */
export const inFlightMs = 1_000

/** Milliseconds for the readers of streams to close them, before a version ends under them. */
export const endStreamsMs = 1_000

const code = /\.([cm]?[jt]sx?|json)$/

/** Which of the files may matter to a side: any code does, for what it might be resolved to. */
export function relevant(files: readonly string[], { files: known, folders }: Inputs): string[] {
  return files.filter(
    (file) =>
      code.test(file) || known.includes(file) || folders.some((folder) => isIn(folder, file)),
  )
}

/** Those of the files that a side depends on, by name; editors write others beside them. */
export function named(files: readonly string[], ...of: readonly Inputs[]): string[] {
  const isInput = (file: string) =>
    of.some(
      (each) => each.files.includes(file) || each.folders.some((folder) => isIn(folder, file)),
    )
  return files.filter(isInput).map(shownPath)
}

/** Whether the file is somewhere below the folder. */
export function isIn(folder: string, file: string): boolean {
  return !path.relative(folder, file).startsWith('..')
}

/** Why a version is to be started. */
export interface Order {
  readonly kind: 'first' | 'saved' | 'asked' | 'crashed'
  readonly files: readonly string[]
  /** When the first of what it answers happened, by `performance.now()`. */
  readonly atMs: number
  /** How long to wait before. */
  readonly waitMs?: number
}

/** From what can be left out, where nothing changed, to what has to be told. */
const weights: readonly Order['kind'][] = ['saved', 'first', 'asked', 'crashed']

/** An order that covers both: of the weightier kind, and with all files. */
export function mergeOrders(earlier: Order, later: Order): Order {
  const weight = Math.max(weights.indexOf(earlier.kind), weights.indexOf(later.kind))
  return {
    ...later,
    kind: weights[weight] ?? later.kind,
    files: [...new Set([...earlier.files, ...later.files])],
    atMs: earlier.atMs,
  }
}

/** Resolves after that many milliseconds, or when a newer order came. */
export function waitFor(ms: number, signal: AbortSignal): Promise<void> {
  return delay(ms, undefined, { signal }).catch(() => {})
}

/** Milliseconds after which what was put off is done, whether or not all sides answer. */
const putOffMs = 5_000

/** Milliseconds for what comes as soon as all sides answer: the first page, and what it needs. */
const firstPageMs = 500

/**
 * Resolves a little after all sides answer, or soon: a machine has few cores, and what nobody waits
 * for is not to take one from those that start.
 */
export async function whenQuiet(allReady: Promise<unknown>, signal?: AbortSignal): Promise<void> {
  const pause = (ms: number) =>
    delay(ms, undefined, { ref: false, ...(signal && { signal }) }).catch(() => {})
  await Promise.race([allReady.then(() => pause(firstPageMs)), pause(putOffMs)])
}
