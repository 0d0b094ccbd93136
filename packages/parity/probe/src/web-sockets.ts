import { upgradeWebSocket } from '@mooring/core'
import { Hono } from 'hono'
import { odd } from './faults.ts'

/** What happened on sockets, by the name that the client gave. */
const happened = new Map<string, string[]>()

function tell(name: string, what: string): void {
  happened.set(name, [...(happened.get(name) ?? []), what])
}

/** WebSockets that do as they are told. */
export const webSockets: Hono = new Hono()
  .get(
    '/echo',
    upgradeWebSocket(() => ({ onMessage: ({ data }, ws) => ws.send(data) })),
  )
  .get(
    '/protocol',
    upgradeWebSocket(() => ({ onOpen: (_event, ws) => ws.send(ws.protocol ?? 'none') }), {
      protocols: ['b', 'c'],
    }),
  )
  .get(
    '/greeting',
    upgradeWebSocket((c) => ({ onOpen: (_event, ws) => ws.send(`hello ${c.req.query('name')}`) })),
  )
  .get(
    '/kind',
    upgradeWebSocket(() => ({
      onMessage: ({ data }, ws) =>
        ws.send(typeof data === 'string' ? 'text' : Object.prototype.toString.call(data)),
    })),
  )
  .get(
    '/small',
    upgradeWebSocket(() => ({ onMessage: ({ data }, ws) => ws.send(data) }), {
      maxMessageBytes: 100,
    }),
  )
  .get(
    '/throws',
    upgradeWebSocket(() => ({
      onMessage: () => {
        throw new Error('the secret of the house')
      },
    })),
  )
  .get(
    '/throws/:kind',
    upgradeWebSocket((c) => ({
      onMessage: () => {
        throw odd[c.req.param('kind')!]!()
      },
      onClose: async () => {
        throw odd[c.req.param('kind')!]!()
      },
    })),
  )
  .get(
    '/rejects',
    upgradeWebSocket(() => ({
      onMessage: async () => {
        await Promise.resolve()
        throw new Error('the secret of the house')
      },
    })),
  )
  .get(
    '/throws-at-open',
    upgradeWebSocket(() => ({
      onOpen: () => {
        throw new Error('the secret of the house')
      },
    })),
  )
  .get(
    '/close/:code/:reason',
    upgradeWebSocket((c) => ({
      onMessage: (_event, ws) => ws.close(Number(c.req.param('code')), c.req.param('reason')),
    })),
  )
  .get(
    '/close-without',
    upgradeWebSocket(() => ({ onMessage: (_event, ws) => ws.close() })),
  )
  .get(
    '/slow',
    upgradeWebSocket(
      () => {
        let handled = 0
        return {
          onMessage: async ({ data }, ws) => {
            if (data === 'wait') await new Promise((resolve) => setTimeout(resolve, 1_500))
            else if (data === 'count') ws.send(String(handled))
            else handled += 1
          },
        }
      },
      { maxMessageBytes: 16_384 },
    ),
  )
  .get(
    '/large',
    upgradeWebSocket(
      () => ({ onMessage: ({ data }, ws) => ws.send(String((data as ArrayBuffer).byteLength)) }),
      { maxMessageBytes: 32 * 1024 ** 2 },
    ),
  )
  .get(
    '/in-order',
    upgradeWebSocket(() => ({
      onMessage: async ({ data }, ws) => {
        await new Promise((resolve) => setTimeout(resolve, data === 'first' ? 30 : 0))
        ws.send(data)
      },
    })),
  )
  .get(
    '/told/:name',
    upgradeWebSocket((c) => {
      const name = c.req.param('name')!
      return {
        onOpen: () => tell(name, 'open'),
        onMessage: ({ data }) => tell(name, String(data)),
        onClose: ({ code, reason, wasClean }) => tell(name, `close ${code} ${reason} ${wasClean}`),
      }
    }),
  )
  .get('/happened/:name', (c) => c.json(happened.get(c.req.param('name')) ?? []))
  .use('/guarded', async (c) => c.text('not you', 403))
  .get(
    '/guarded',
    upgradeWebSocket(() => ({})),
  )
