import type { Topic } from '@mooring/core'
import type { ClickId } from './click-id.ts'
import { sleep } from './sleep.ts'

/** A click as it is told to whoever listens. */
export interface ToldClick {
  readonly id: ClickId
  readonly slug: string
  /** The link's id: another link may have the slug by now. */
  readonly link: string
}

/** What one listener is told, as it happens. */
export interface ClickNews {
  /** How often the store is asked nevertheless, in milliseconds: it knows what nobody told. */
  readonly pollMs: number
  /** Resolves with what was told, or after `ms` with nothing. */
  next(ms: number): Promise<readonly ToldClick[]>
}

/** Without a topic nobody tells anything. */
export async function listenToClicks(
  topic: Topic | undefined,
  signal: AbortSignal,
): Promise<ClickNews> {
  if (!topic) {
    return {
      pollMs: 1000,
      async next(ms) {
        await sleep(ms, signal)
        return []
      },
    }
  }
  const subscription = await topic.subscribe({ signal })
  let coming: Promise<readonly ToldClick[]> | undefined

  async function hear(): Promise<readonly ToldClick[]> {
    const { value } = await subscription.next()
    // What was missed is in the store.
    return value?.type === 'message' ? [JSON.parse(value.text) as ToldClick] : []
  }

  return {
    pollMs: 5000,
    async next(ms) {
      coming ??= hear()
      const heard = new AbortController()
      const waited = sleep(ms, AbortSignal.any([signal, heard.signal]))
      // A failure between two calls is for the next one to throw.
      coming.catch(() => {})
      try {
        const told = await Promise.race([coming, waited])
        if (told) coming = undefined
        return told ?? []
      } finally {
        heard.abort()
      }
    },
  }
}
