import { createServer } from 'node:net'

// Below the range from which the kernel takes the ports of outgoing connections: those of this run
// would otherwise now and then sit on a port that was free a moment ago.
const lowest = 10_000
const highest = 32_000
const given = new Set<number>()

/** A port that nothing listens on, and that this run has not given out before. */
export async function freePort(): Promise<number> {
  for (;;) {
    const port = lowest + Math.floor(Math.random() * (highest - lowest))
    if (given.has(port) || !(await isFree(port))) continue
    given.add(port)
    return port
  }
}

/** Whether the port can be bound on every interface. */
export function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer()
    server.once('error', () => resolve(false))
    server.listen(port, () => server.close(() => resolve(true)))
  })
}
