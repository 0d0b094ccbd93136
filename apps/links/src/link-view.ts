import type { ClickSnapshot } from './clicks.ts'
import type { Preview } from './link-preview.ts'
import type { LinkRecord } from './link-store.ts'

/** A link as the API answers with it. */
export interface Link {
  readonly slug: string
  /** Where it leads. */
  readonly url: string
  readonly shortUrl: string
  /** RFC 3339, as every time here. */
  readonly createdAt: string
  readonly expiresAt: string
  readonly expired: boolean
  readonly clicks: number
  readonly preview: Preview
}

/** @param base where this service is reached, without a slash at the end */
export function viewOf(
  link: LinkRecord,
  base: string,
  { count }: Pick<ClickSnapshot, 'count'>,
  preview: Preview,
): Link {
  return {
    slug: link.slug,
    url: link.url,
    shortUrl: `${base}/${link.slug}`,
    createdAt: new Date(link.createdAtMs).toISOString(),
    expiresAt: new Date(link.expiresAtMs).toISOString(),
    expired: isExpired(link),
    clicks: count,
    preview,
  }
}

export function isExpired(link: LinkRecord): boolean {
  return link.expiresAtMs <= Date.now()
}
