import type { Kv } from '../resources/kv.ts'

/** One behaviour that every driver of a store must show. */
export interface KvCase {
  readonly name: string
  readonly run: (kv: Kv) => Promise<void>
}

export const kvCases: readonly KvCase[] = []
