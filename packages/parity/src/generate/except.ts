import { nearest } from '@mooring/core/adapter'
import { UsageError } from '../arguments.ts'
import type { Route } from './route.ts'

/** How many near routes a mistake is told with. */
const mostNear = 3

/**
 * The routes that no pattern names. A pattern is the path of a route as the app has it, or
 * `/folder/*` for that path and all below it; with a method in front it means the routes of that method.
 *
 * @throws {UsageError} for a pattern that names no route, and where none is left
 */
export function without(routes: readonly Route[], patterns: readonly string[]): readonly Route[] {
  const excluded = new Set(patterns.flatMap((pattern) => named(routes, pattern)))
  const left = routes.filter((route) => !excluded.has(route))
  if (left.length > 0) return left
  throw new UsageError(`--except leaves none of the ${routes.length} routes: name fewer`)
}

function named(routes: readonly Route[], pattern: string): readonly Route[] {
  const [, method, path] = /^(?:([A-Z-]+) )?(\/\S*)$/.exec(pattern) ?? []
  if (path === undefined) {
    throw new UsageError(
      `--except is "${pattern}", expected the path of a route, such as /links/:slug, GET /links/:slug or /links/*`,
    )
  }
  const found = routes.filter(
    (route) => (method === undefined || route.method === method) && covers(path, route.path),
  )
  if (found.length > 0) return found
  const hasMethod = !pattern.startsWith('/')
  const names = routes.map((route) => (hasMethod ? `${route.method} ${route.path}` : route.path))
  const near = nearest(names, pattern, mostNear).map((name) => `"${name}"`)
  throw new UsageError(`--except is "${pattern}", which is no route; near it: ${near.join(', ')}`)
}

function covers(pattern: string, path: string): boolean {
  if (path === pattern) return true
  if (!pattern.endsWith('/*')) return false
  const folder = pattern.slice(0, -2)
  return path === folder || path.startsWith(`${folder}/`)
}
