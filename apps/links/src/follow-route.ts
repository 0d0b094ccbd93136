import { background } from '@mooring/core'
import { Hono } from 'hono'
import type { Clicks } from './clicks.ts'
import type { LinkStore } from './link-store.ts'
import { isExpired } from './link-view.ts'
import { notFound, problemOrPage } from './problem-page.ts'
import { allowOnly } from './method-not-allowed.ts'
import { reservedSlugs, slugPattern } from './slugs.ts'

/** `/:slug`: where short links lead on. */
export function followRoute({ links, clicks }: { links: LinkStore; clicks: Clicks }) {
  const routes = new Hono()
  // No link can have these: whatever is asked of them, nothing is there.
  routes.use('/:slug', (c, next) => (reservedSlugs.has(c.req.param('slug')) ? notFound(c) : next()))
  const followed = routes.get('/:slug', async (c) => {
    const atMs = Date.now()
    const slug = c.req.param('slug')
    const link = slugPattern.test(slug) ? await links.get(slug) : undefined
    if (!link) return problemOrPage(c, 'unknown-link', 'Nobody has made this link, or it is gone.')
    if (isExpired(link)) {
      const day = new Date(link.expiresAtMs).toISOString().slice(0, 10)
      return problemOrPage(c, 'link-expired', `It was good until ${day}.`)
    }
    // HEAD asks where the link leads (link checkers do) without following it: no click.
    if (c.req.method === 'GET') background(c, () => clicks.add(link, atMs), 'count click')
    return c.redirect(link.url, 302)
  })
  routes.all('/:slug', allowOnly('GET, HEAD'))
  return followed
}
