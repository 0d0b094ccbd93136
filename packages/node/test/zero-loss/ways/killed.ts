import { until } from '../wait.ts'
import { startInstance, stopAll } from './instance.ts'
import type { Way } from './way.ts'

/** Two workers, of which one is killed: no server can finish what that one was answering. */
export const killed: Way = {
  name: 'kill -9 of one of two workers',
  isOneAddress: true,
  async start({ program, env }) {
    const parent = await startInstance(program, { ...env, PORT: '0', WEB_CONCURRENCY: '2' })
    return {
      ports: [parent.port],
      async restart({ signalling, gone, who }) {
        const worker = Number(await who())
        signalling(worker)
        process.kill(worker, 'SIGKILL')
        // Until then it has accepted connections, and nobody has read their requests.
        await until('the worker is gone', () => !isThere(worker))
        gone()
        const answering = new Set<number>()
        await until('two workers answer', async () => {
          const processId = Number(await who())
          if (processId !== 0 && processId !== worker) answering.add(processId)
          return answering.size === 2
        })
      },
      stop: () => stopAll([parent.child]),
    }
  },
}

function isThere(processId: number): boolean {
  try {
    return process.kill(processId, 0)
  } catch {
    return false
  }
}
