import type { InferRequestType, InferResponseType } from 'hono/client'
import { hc } from 'hono/client'
import { expectTypeOf, test } from 'vitest'
import type { LinksApi } from './app.ts'
import type { Link } from './link-view.ts'

const api = hc<LinksApi>('http://localhost').api.links

test('a creation asks for a URL, and answers with a link', () => {
  type Body = InferRequestType<typeof api.$post>['json']
  expectTypeOf<Body>().toEqualTypeOf<{
    url: string
    slug?: string | undefined
    expiresInDays?: number | undefined
  }>()
  expectTypeOf<InferResponseType<typeof api.$post, 201>>().toEqualTypeOf<Link>()
})

test('the list answers with links and a cursor', () => {
  type Page = InferResponseType<typeof api.$get>
  expectTypeOf<Page>().toEqualTypeOf<{ links: Link[]; nextCursor: string | null }>()
})

test('a link is asked for by its slug', () => {
  type Param = InferRequestType<(typeof api)[':slug']['$get']>['param']
  expectTypeOf<Param>().toEqualTypeOf<{ slug: string }>()
  expectTypeOf<InferResponseType<(typeof api)[':slug']['$get'], 200>>().toEqualTypeOf<Link>()
})

test('what there is not, the client does not have', () => {
  expectTypeOf(api).not.toHaveProperty('$put')
  // @ts-expect-error a creation needs a URL
  void (() => api.$post({ json: { slug: 'a' } }))
})
