import { until } from '../wait.ts'
import { startInstance, stopAll, terminate } from './instance.ts'
import type { Way } from './way.ts'

/** Two servers, each with a port of its own: one is stopped and started again, then the other. */
export const oneOfTwo: Way = {
  name: 'SIGTERM, one of two',
  isOneAddress: false,
  async start({ program, env }) {
    const first = [0, 1].map(() => startInstance(program, { ...env, PORT: '0' }))
    const servers = await Promise.all(first)
    const ports = servers.map(({ port }) => port)
    let next = 0
    return {
      ports,
      async restart(during) {
        const index = next++ % 2
        await terminate(servers[index]!, during)
        const started = await startInstance(program, { ...env, PORT: String(ports[index]) })
        servers[index] = started
        await until('the router has it back', async () => (await during.who()) === started.pid)
      },
      stop: () => stopAll(servers.map(({ child }) => child)),
    }
  },
}
