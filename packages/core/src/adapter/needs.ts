import type { Problem } from '../problem.ts'

/** What a Worker's `env` does not give; nothing where it does. */
export type Need = (env: Readonly<Record<string, unknown>>) => Problem | undefined

const needs: Need[] = []

/** Declares what an app needs of a Worker beside its resources. Looked at when it has been set up. */
export function declareNeed(need: Need): void {
  needs.push(need)
}

export function unmetNeeds(env: Readonly<Record<string, unknown>>): readonly Problem[] {
  return needs.flatMap((need) => need(env) ?? [])
}
