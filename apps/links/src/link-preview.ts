import { type Kv, MooringError, type Service } from '@mooring/core'
import type { Context } from 'hono'
import { hc } from 'hono/client'
import type { PreviewApi } from 'preview'
import * as z from 'zod'
import { type LinkRecord, remainingMs } from './link-store.ts'

/** Why there is no preview. */
export type PreviewReason =
  /** This deployment has no preview service. */
  | 'not-attached'
  | 'timeout'
  | 'unreachable'
  /** The service answered something that is no preview. */
  | 'bad-answer'
  /** The service works; the page it was asked about does not. */
  | 'page'

/** What is known of the page behind a link. */
export type Preview =
  | { readonly status: 'ready'; readonly title: string | null; readonly icon: string | null }
  | { readonly status: 'pending' }
  | { readonly status: 'unavailable'; readonly reason: PreviewReason; readonly detail: string }

export interface Previews {
  /** What is known of a link that has just been made. */
  readonly initial: Preview
  /** What is stored, without asking the service. */
  of(link: LinkRecord): Promise<Preview>
  /** Whether it is time to ask (again). */
  isDue(link: LinkRecord): Promise<boolean>
  /** Asks the service and stores what it says. Never throws because of the service. */
  refresh(c: Context, link: LinkRecord): Promise<void>
  delete(link: LinkRecord): Promise<void>
}

interface Stored {
  readonly preview: Preview
  readonly checkedAtMs: number
}

/** How long until a service that failed is asked again. */
const againMs = 60_000

/** How long the first question, asked right after the link was made, may take to be answered. */
const firstMs = 10_000

/** The service's answer must be read to its end within this; its head, within the handle's time. */
const wholeMs = 10_000

const answer = z.object({
  title: z.string().max(500).nullable(),
  icon: z
    .url({ protocol: /^https?$/ })
    .max(2048)
    .nullable(),
})

const answeredProblem = z.object({ detail: z.string().max(300) })

/**
 * Titles and icons of the pages that links lead to, from the backing service `preview`. Links work
 * without it: what is missing is a fact about the link, not an error.
 *
 * @param service `undefined` where none is attached
 */
export function createPreviews(store: Kv, service: Service | undefined): Previews {
  async function read(link: LinkRecord): Promise<Stored | undefined> {
    const text = await store.get(key(link))
    return text === undefined ? undefined : (JSON.parse(text) as Stored)
  }

  const initial: Preview = service ? { status: 'pending' } : notAttached

  return {
    initial,
    async of(link) {
      const preview = (await read(link))?.preview
      if (!service && preview?.status !== 'ready') return notAttached
      return preview ?? initial
    },
    async isDue(link) {
      if (!service) return false
      const stored = await read(link)
      if (!stored) return Date.now() - link.createdAtMs > firstMs
      return stored.preview.status !== 'ready' && Date.now() - stored.checkedAtMs > againMs
    },
    async refresh(c, link) {
      if (!service) return
      const preview = await ask(c, service, link.url)
      if (!preview) return
      const stored: Stored = { preview, checkedAtMs: Date.now() }
      await store.put(key(link), JSON.stringify(stored), { ttlMs: remainingMs(link) })
    },
    async delete(link) {
      await store.delete(key(link))
    },
  }
}

/** @returns `undefined` where the client left meanwhile: that says nothing about the service */
async function ask(c: Context, service: Service, url: string): Promise<Preview | undefined> {
  const signal = AbortSignal.timeout(wholeMs)
  const api = hc<PreviewApi>('http://preview', {
    fetch: (path: string | URL | Request, init?: RequestInit) =>
      service.fetch(c, path, { ...init, signal }),
  })
  try {
    const response = await api.title.$get({ query: { url } })
    const type = response.headers.get('content-type') ?? ''
    const body: unknown = await response.json()
    if (response.ok) return { status: 'ready', ...answer.parse(body) }
    if (!type.startsWith('application/problem+json')) return badAnswer(response.status)
    return unavailable('page', answeredProblem.parse(body).detail)
  } catch (error) {
    if (c.req.raw.signal.aborted) return undefined
    const code = error instanceof MooringError ? error.code : undefined
    if (code === 'MOORING_E_SERVICE_TIMEOUT' || signal.aborted) {
      return unavailable('timeout', 'The preview service did not answer in time.')
    }
    if (code === 'MOORING_E_SERVICE_UNREACHABLE') {
      return unavailable('unreachable', 'The preview service cannot be reached.')
    }
    return badAnswer()
  }
}

const notAttached = unavailable('not-attached', 'No preview service is attached.')

function badAnswer(status?: number): Preview {
  const what = status === undefined ? 'something that is no preview' : `with status ${status}`
  return unavailable('bad-answer', `The preview service answered ${what}.`)
}

function unavailable(reason: PreviewReason, detail: string): Preview {
  return { status: 'unavailable', reason, detail }
}

function key(link: LinkRecord): string {
  return `preview/${link.id}`
}
