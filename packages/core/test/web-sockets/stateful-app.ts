import { type App, defineApp, stateful, upgradeWebSocket } from '@mooring/core'
import { statefulRoutes } from './app.ts'

/** The most that a state may have, as JSON. */
const mostBytes = 2_048

interface Count {
  name: string | undefined
  messages: number
  /** Whatever a test wants to have kept. */
  rest?: unknown
}

const unfit: Readonly<Record<string, () => unknown>> = {
  date: () => ({ since: new Date(0) }),
  map: () => [1, new Map()],
  function: () => ({ 'not a name': { call: () => {} } }),
  number: () => Number.NaN,
  hole: () => Object.assign([1], { 2: 3 }),
  cycle: () => {
    const self: Record<string, unknown> = {}
    return Object.assign(self, { self })
  },
  large: () => 'é'.repeat(1_200),
}

/** A text that makes the state as large as it may be, and that takes up much where it is kept. */
function largest(count: Count): string {
  const text = '€"'
  const bytes = new TextEncoder().encode(JSON.stringify({ ...count, rest: text })).length
  return text + 'x'.repeat(mostBytes - bytes)
}

/** The suite's routes with declared states, and one that counts its messages in its state. */
export const app: App = defineApp({
  name: 'web-sockets',
  setup: ({ log }) =>
    statefulRoutes(log).get(
      '/count',
      upgradeWebSocket(
        stateful({
          name: 'count',
          state: (c): Count => {
            const count: Count = { name: c.req.query('name'), messages: 100 }
            const rest = c.req.query('rest')
            if (rest === 'largest') return { ...count, rest: largest(count) }
            return rest === undefined ? count : { ...count, rest: unfit[rest]?.() }
          },
          onOpen: (_event, ws) => {
            ws.state.messages += 100
          },
          onMessage: async ({ data }, ws) => {
            const before = ws.state
            before.messages += 1
            if (data === 'throw') throw new Error('thrown on purpose')
            if (data === 'leave') {
              ws.close(4002)
              before.rest = 'left'
              return
            }
            if (data === 'late') {
              log.info('handling', { name: before.name })
              await new Promise((resolve) => setTimeout(resolve, 200))
              before.rest = 'late'
              return
            }
            if (data === 'replace') ws.state = { ...before, rest: { ä: [null, true, -1.5, '👋'] } }
            if (data === 'wait') {
              await new Promise((resolve) => setTimeout(resolve, 12_000))
              before.messages += 1000
            }
            const misfit = unfit[String(data)]
            if (misfit) {
              before.rest = misfit()
              return
            }
            ws.send(JSON.stringify([ws.state.messages, ws.state.rest ?? null, ws.url?.search]))
          },
          onClose: ({ code }, ws) => {
            log.info('closed', { ...ws.state, code })
            ws.state.messages = 0
          },
        }),
      ),
    ),
})
