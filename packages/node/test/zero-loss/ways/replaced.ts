import net from 'node:net'
import { until } from '../wait.ts'
import { startInstance, stopAll, terminate } from './instance.ts'
import type { Way } from './way.ts'

/**
 * The process is replaced: this process holds the socket, as systemd does, a new one is started on
 * it, and when that is ready the old one is told to go.
 */
export const replaced: Way = {
  name: 'SIGTERM, replaced on a held socket',
  isOneAddress: true,
  async start({ program, env }) {
    const held = holdSocket()
    const start = () => startInstance(program, { ...env, LISTEN_FDS: '1' }, held.fd)
    let current = await start()
    return {
      ports: [current.port],
      async restart(during) {
        const old = current
        current = await start()
        await terminate(old, during)
        await until('the new one answers', async () => (await during.who()) === String(current.pid))
      },
      async stop() {
        await stopAll([current.child])
        held.close()
      },
    }
  },
}

interface Held {
  readonly fd: number
  readonly close: () => void
}

/**
 * Binds, and neither listens nor accepts: what Node's cluster module binds with. Any server of
 * Node's own would accept.
 */
function holdSocket(): Held {
  const { _createServerHandle: bind } = net as unknown as {
    _createServerHandle: (host: string, port: number, type: 4, fd: -1, flags: 0) => Held | number
  }
  const held = bind('127.0.0.1', 0, 4, -1, 0)
  if (typeof held === 'number') throw new Error(`bind: error ${held}`)
  return held
}
