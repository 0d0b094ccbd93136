import { until } from '../wait.ts'
import { startInstance, stopAll, terminate } from './instance.ts'
import type { Way } from './way.ts'

/** Two servers, each with a port of its own: one is stopped and started again, then the other. */
export const oneOfTwo: Way = {
  name: 'SIGTERM, one of two',
  isOneAddress: false,
  async start({ program, env }) {
    const start = (name: number, port: number) =>
      startInstance(program, { ...env, PORT: String(port), INSTANCE: String(name) })
    const servers = await Promise.all([start(0, 0), start(1, 0)])
    const ports = servers.map(({ port }) => port)
    let next = 2
    return {
      ports,
      async restart(during) {
        const name = next++
        const index = name % 2
        await terminate(servers[index]!, during)
        servers[index] = await start(name, ports[index]!)
        await until('the router has it back', async () => (await during.who()) === String(name))
      },
      stop: () => stopAll(servers.map(({ child }) => child)),
    }
  },
}
