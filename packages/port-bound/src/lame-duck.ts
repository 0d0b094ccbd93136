import type { LameDuck } from './budget.ts'
import type { Answering } from './answering.ts'

/**
 * Goes on serving after the signal, since a router that is told at the same time, or later, still
 * sends requests. Ends after a quiet period without a new one.
 */
export async function serveAsLameDuck(server: Answering, plan: LameDuck): Promise<void> {
  if (plan.mostMs === 0) return
  const startedMs = performance.now()
  let lastRequestMs = startedMs
  const heard = () => void (lastRequestMs = performance.now())
  const unsubscribe = server.onRequest(heard)
  for (;;) {
    const nowMs = performance.now()
    const isQuiet = nowMs - lastRequestMs >= plan.quietMs
    const elapsedMs = nowMs - startedMs
    if (elapsedMs >= plan.mostMs || (isQuiet && elapsedMs >= plan.leastMs)) break
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
  unsubscribe()
}
