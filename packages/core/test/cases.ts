import type { Context } from 'hono'

/** One behaviour of a resource, as the cases of `@mooring/core/testing` have it. */
interface Case<Resource> {
  readonly run: (resource: Resource) => Promise<void>
}

/** Tries the case that `:index` names in the app's own runtime, and answers `passed` or why not. */
export async function answerCase<Resource>(
  c: Context,
  cases: readonly Case<Resource>[],
  resource: Resource,
): Promise<Response> {
  const found = cases[Number(c.req.param('index'))]
  if (!found) return c.text('no such case', 404)
  try {
    await found.run(resource)
    return c.text('passed')
  } catch (error) {
    return c.text(error instanceof Error ? String(error.stack) : String(error))
  }
}

/** For `test.each`: the names of cases, and where `answerCase` finds them. */
export function indexed(
  cases: readonly { readonly name: string }[],
): readonly { readonly name: string; readonly index: number }[] {
  return cases.map(({ name }, index) => ({ name, index }))
}
