import type { Kv } from '@mooring/core'
import type { Seed } from './link-store.ts'
import { ProblemError, type ProblemKind } from './problem.ts'

/** What became of a request that carried a key. */
export interface Outcome<Value> {
  readonly value: Value
  /** Whether an earlier request with the same key did it. */
  readonly replayed: boolean
}

export interface Idempotency {
  /**
   * Does a request's work once for its `Idempotency-Key`
   * (draft-ietf-httpapi-idempotency-key-header-07).
   *
   * @param payload what the key stands for: the same key with another payload is refused
   * @param work makes the same thing from the same seed. Only its success is remembered, so a
   *   request that failed may be sent again with the same key
   * @throws ProblemError idempotency-key-reused, request-in-progress
   */
  once<Value>(
    key: string,
    payload: unknown,
    work: (seed: Seed) => Promise<Value>,
  ): Promise<Outcome<Value>>
}

interface Claim {
  readonly fingerprint: string
  readonly startedAtMs: number
}

interface Done {
  readonly fingerprint: string
  readonly value: unknown
}

/** How long a key is remembered; the page of problems tells clients. */
const rememberedMs = 86_400_000

/** After this long a request that has not finished never will: its process died. */
const claimMs = 30_000

/**
 * Claims a key with `putIfAbsent`, so that of two requests that race one works and the other is
 * told. A store that cannot decide a race (`kv.atomic` is false) may let both work; both then make
 * the same link, since slug and id come from the key and the payload and not from chance.
 */
export function createIdempotency(store: Kv): Idempotency {
  return {
    async once(key, payload, work) {
      const fingerprint = hex(await digest(JSON.stringify(payload)))
      const seedBytes = await digest(`${key}\n${fingerprint}`)
      // The key is the client's and may be long: its hash is neither readable nor too long to store.
      const claimKey = `idempotency/${hex(await digest(key))}`
      // Two keys, since some stores take one write a second on a key.
      const doneKey = `${claimKey}/done`

      const replay = async () => {
        const text = await store.get(doneKey)
        if (text === undefined) return undefined
        const done = JSON.parse(text) as Done
        checkFingerprint(done.fingerprint, fingerprint)
        return { value: done.value as Awaited<ReturnType<typeof work>>, replayed: true }
      }

      const replayed = await replay()
      if (replayed) return replayed
      let claim: Claim = { fingerprint, startedAtMs: Date.now() }
      const ttl = { ttlMs: rememberedMs }
      if (!(await store.putIfAbsent(claimKey, JSON.stringify(claim), ttl))) {
        const finished = await replay()
        if (finished) return finished
        const text = await store.get(claimKey)
        if (text === undefined) throw inProgress()
        claim = JSON.parse(text) as Claim
        checkFingerprint(claim.fingerprint, fingerprint)
        if (Date.now() - claim.startedAtMs < claimMs) throw inProgress()
      }
      const seed = { id: hex(seedBytes).slice(0, 32), bytes: seedBytes }
      try {
        const value = await work({ ...seed, createdAtMs: claim.startedAtMs })
        await store.put(doneKey, JSON.stringify({ fingerprint, value } satisfies Done), ttl)
        return { value, replayed: false }
      } catch (error) {
        await store.delete(claimKey).catch(() => {})
        throw error
      }
    },
  }
}

/**
 * The key that a request carries: a string of structured fields (`"8e03…"`, RFC 8941 §3.3.3) as the
 * draft has it, or the bare word that many clients send.
 *
 * @throws ProblemError invalid-idempotency-key
 */
export function idempotencyKey(header: string | undefined): string | undefined {
  if (header === undefined) return undefined
  const quoted = /^"((?:[\x20-\x21\x23-\x5b\x5d-\x7e]|\\["\\])*)"$/.exec(header)?.[1]
  const key = quoted?.replace(/\\(.)/g, '$1') ?? (/^[^\s",;\\]*$/.test(header) ? header : '')
  if (/^[\x20-\x7e]{1,255}$/.test(key)) return key
  throw keyProblem(
    'invalid-idempotency-key',
    'Send 1–255 printable characters of ASCII in double quotes, or a bare word of them (no space, comma, semicolon, quote or backslash).',
  )
}

function keyProblem(kind: ProblemKind, detail: string, headers = {}): ProblemError {
  return new ProblemError(kind, detail, { errors: [{ field: 'Idempotency-Key', detail }], headers })
}

function checkFingerprint(known: string, given: string): void {
  if (known === given) return
  throw keyProblem('idempotency-key-reused', 'The key came before with another body.')
}

function inProgress(): ProblemError {
  const detail = 'A request with this key has not been answered yet. Ask again in a second.'
  return keyProblem('request-in-progress', detail, { 'Retry-After': '1' })
}

async function digest(text: string): Promise<Uint8Array> {
  return new Uint8Array(await crypto.subtle.digest('SHA-256', new TextEncoder().encode(text)))
}

function hex(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('')
}
