import type { Server } from 'node:http'
import type { LameDuck } from './budget.ts'

/**
 * Goes on serving after the signal, since a router that is told at the same time, or later, still
 * sends requests. Ends after a quiet period without a new one.
 */
export async function serveAsLameDuck(server: Server, plan: LameDuck): Promise<void> {
  if (plan.mostMs === 0) return
  const startedMs = performance.now()
  let lastRequestMs = startedMs
  const heard = () => void (lastRequestMs = performance.now())
  server.on('request', heard)
  for (;;) {
    const nowMs = performance.now()
    const isQuiet = nowMs - lastRequestMs >= plan.quietMs
    const elapsedMs = nowMs - startedMs
    if (elapsedMs >= plan.mostMs || (isQuiet && elapsedMs >= plan.leastMs)) break
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
  server.off('request', heard)
}
