import { until } from '../wait.ts'
import { block, startInstance, stopAll } from './instance.ts'
import type { Way } from './way.ts'

/** Two workers on a socket that their parent holds: SIGHUP, and one after the other is replaced. */
export const phased: Way = {
  name: 'SIGHUP, two workers',
  isOneAddress: true,
  async start({ program, env }) {
    const parent = await startInstance(program, { ...env, PORT: '0', WEB_CONCURRENCY: '2' })
    const restarted = () => parent.events().filter(({ message }) => message === 'restarted').length
    return {
      ports: [parent.port],
      async restart({ signalling, blockMs }) {
        const before = restarted()
        const blocked = await block(parent.port, blockMs)
        signalling(parent.pid)
        parent.child.kill('SIGHUP')
        await until(`restarted:\n${parent.stdout()}`, () => restarted() > before)
        await blocked?.answer
      },
      stop: () => stopAll([parent.child]),
    }
  },
}
