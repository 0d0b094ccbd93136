export function wait(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms))
}

/** Far above what anything here takes on a machine that is busy, so that only a hang reaches it. */
const patienceMs = 60_000

/** Waits until `condition` holds. @throws where it never does, naming `what` */
export async function until(
  what: string,
  condition: () => Promise<boolean> | boolean,
): Promise<void> {
  const startedMs = performance.now()
  while (!(await condition())) {
    if (performance.now() - startedMs > patienceMs) throw new Error(`waited in vain: ${what}`)
    await wait(20)
  }
}
