/** Resolves after `ms` milliseconds. */
export function wait(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms))
}

/** What `ask` gives once it is not `undefined`, asked again and again for `withinMs`. */
export async function until<T>(
  ask: () => T | undefined | Promise<T | undefined>,
  withinMs: number,
  everyMs = 25,
): Promise<T | undefined> {
  const deadline = performance.now() + withinMs
  for (;;) {
    const found = await ask()
    if (found !== undefined) return found
    if (performance.now() >= deadline) return undefined
    await wait(everyMs)
  }
}

/** The promise's value, or `undefined` when it takes longer. */
export async function within<T>(promise: Promise<T>, ms: number): Promise<T | undefined> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<undefined>((resolve) => {
    timer = setTimeout(() => resolve(undefined), ms)
  })
  try {
    return await Promise.race([promise, late])
  } finally {
    clearTimeout(timer)
  }
}
