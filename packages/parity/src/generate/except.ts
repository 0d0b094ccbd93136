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
  const near = nearest(routes, pattern).map((text) => `"${text}"`)
  throw new UsageError(`--except is "${pattern}", which is no route; near it: ${near.join(', ')}`)
}

function covers(pattern: string, path: string): boolean {
  if (path === pattern) return true
  if (!pattern.endsWith('/*')) return false
  const folder = pattern.slice(0, -2)
  return path === folder || path.startsWith(`${folder}/`)
}

function nearest(routes: readonly Route[], pattern: string): readonly string[] {
  const hasMethod = !pattern.startsWith('/')
  const texts = new Set(routes.map(({ method, path }) => (hasMethod ? `${method} ${path}` : path)))
  return [...texts]
    .map((text) => ({ text, edits: editsBetween(text, pattern) }))
    .sort((a, b) => a.edits - b.edits)
    .slice(0, mostNear)
    .map(({ text }) => text)
}

/** How many characters are put in, left out or changed to make the one of the other (Levenshtein). */
function editsBetween(one: string, other: string): number {
  let row = Array.from({ length: other.length + 1 }, (_, index) => index)
  for (const [at, character] of [...one].entries()) {
    const next = [at + 1]
    for (let index = 0; index < other.length; index += 1) {
      const changed = row[index]! + (other[index] === character ? 0 : 1)
      next.push(Math.min(changed, row[index + 1]! + 1, next[index]! + 1))
    }
    row = next
  }
  return row[other.length]!
}
