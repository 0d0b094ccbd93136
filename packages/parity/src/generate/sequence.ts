import type { Random } from './random.ts'
import { type Connection, type Generated, generateRequest, segmentsOf } from './request.ts'
import type { Route } from './route.ts'

/** Requests one after the other: what an earlier one leaves a later one may show. */
export type Sequence = readonly Generated[]

const longest = 4

/**
 * A sequence of requests for routes of an app. Half of what follows the first is about the same
 * resource: the same path with another method, or what is right above or below it.
 *
 * @param most how many requests it may have
 */
export function generateSequence(random: Random, routes: readonly Route[], most: number): Sequence {
  const length = Math.min(1 + random.below(longest), most)
  const first = random.pick(routes)
  const related = routes.filter((route) => isRelated(route, first))
  const segments = segmentsOf(random, first)
  return Array.from({ length }, (_, index) => {
    const connection = index === 0 ? 'new' : connectionOf(random)
    if (index === 0) return generateRequest(random, first, segments, connection)
    if (random.oneIn(2)) {
      const route = random.pick(related)
      return generateRequest(random, route, alike(random, route, segments), connection)
    }
    const other = random.pick(routes)
    return generateRequest(random, other, segmentsOf(random, other), connection)
  })
}

function connectionOf(random: Random): Connection {
  return random.oneIn(6) ? 'new' : random.oneIn(5) ? 'pipelined' : 'kept'
}

/** Whether two routes are of one resource, such as `/links/:slug` and `/links/:slug` or `/links`. */
function isRelated({ path: one }: Route, { path: other }: Route): boolean {
  return one === other || isBelow(one, other) || isBelow(other, one)
}

function isBelow(path: string, above: string): boolean {
  return path.startsWith(`${above}/`) && !path.slice(above.length + 1).includes('/')
}

/** The segments of a request for a route, where it has a parameter in common with these the same. */
function alike(random: Random, route: Route, segments: readonly string[]): readonly string[] {
  return segmentsOf(random, route).map((segment, index) => segments[index] ?? segment)
}
