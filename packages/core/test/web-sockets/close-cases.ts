import { expect, test } from 'vitest'
import { closing, frame, opcodes } from './client.ts'
import { line, linesOf, named, type WebSocketTarget } from './target.ts'

const { text, close } = opcodes

export function closeCases(target: () => WebSocketTarget): void {
  test.each([
    ['1000 with a reason', closing(1000, 'bye'), 'close 1000 bye', 1000, 'bye'],
    ['1001', closing(1001), 'close 1001 ', 1001, ''],
    ['3000', closing(3000), 'close 3000 ', 3000, ''],
    [
      '4999, with a reason that is no ASCII',
      closing(4999, 'grüße'),
      'close 4999 grüße',
      4999,
      'grüße',
    ],
    ['no code at all', Buffer.alloc(0), 'close', 1005, ''],
  ] as const)('the client closes: %s', async (_what, payload, answer, code, reason) => {
    const { client, name } = await named(target())
    client.send(frame(text, 'last'), frame(close, payload))
    await expect.poll(client.frames).toEqual(['text last', answer])
    await expect.poll(client.isClosed).toBe(true)
    expect(await line(target(), name, 'closed')).toMatchObject({
      type: 'close',
      code,
      reason,
      wasClean: true,
      readyState: 3,
    })
    expect(linesOf(target(), name).map(({ message }) => message)).toEqual([
      'opened',
      'message',
      'closed',
    ])
  })

  test.each([999, 1004, 2999, 5000])(
    'the client closes with %d, which is no code',
    async (code) => {
      const { client, name } = await named(target())
      client.send(frame(close, closing(code)))
      await expect.poll(() => client.frames()[0]).toMatch(/^close 1002 /)
      expect(await line(target(), name, 'closed')).toMatchObject({ code: 1006, wasClean: false })
      expect(linesOf(target(), name).map(({ message }) => message)).toEqual([
        'opened',
        'failed',
        'closed',
      ])
      client.socket.destroy()
    },
  )

  test.each(['ends', 'resets'] as const)('the client %s the connection: 1006', async (how) => {
    const { client, name } = await named(target())
    client.send(frame(text, 'last'))
    await expect.poll(client.frames).toEqual(['text last'])
    if (how === 'ends') client.socket.end()
    else client.socket.resetAndDestroy()
    expect(await line(target(), name, 'closed')).toMatchObject({
      code: 1006,
      reason: '',
      wasClean: false,
      readyState: 3,
    })
    expect(linesOf(target(), name).map(({ message }) => message)).toEqual([
      'opened',
      'message',
      'closed',
    ])
    client.socket.destroy()
  })

  const command = (code?: number, reason?: string) =>
    frame(text, JSON.stringify({ do: 'close', code, reason }))

  test.each([
    [1000, 'bye', 'close 1000 bye'],
    [1001, undefined, 'close 1001 '],
    [1012, undefined, 'close 1012 '],
    [3000, 'grüße', 'close 3000 grüße'],
    [4999, 'x'.repeat(123), `close 4999 ${'x'.repeat(123)}`],
    [undefined, undefined, 'close'],
  ] as const)('the app closes: %s', async (code, reason, received) => {
    const { client, name } = await named(target())
    // What comes after the close frame is not handled, and what is sent after it goes nowhere.
    client.send(command(code, reason))
    await expect.poll(client.frames).toEqual([received])
    client.send(frame(text, 'late'), frame(close, code === undefined ? '' : closing(code)))
    await expect.poll(client.isClosed).toBe(true)
    expect(client.frames()).toEqual([received])
    const closed = await line(target(), name, 'closed')
    expect(closed).toMatchObject({ code: code ?? 1005, wasClean: true, readyState: 3 })
    expect(linesOf(target(), name).map(({ message }) => message)).toEqual(['opened', 'closed'])
  })

  test.each([
    [0, undefined],
    [999, undefined],
    [1004, undefined],
    [1005, undefined],
    [1006, undefined],
    [1015, undefined],
    [1016, undefined],
    [2999, undefined],
    [5000, undefined],
    [3000.5, undefined],
    [4000, 'é'.repeat(62)],
    [undefined, 'a reason without a code'],
  ])('close(%s, %s) is an error, and the socket stays open', async (code, reason) => {
    const { client } = await named(target())
    client.send(command(code, reason), frame(text, 'still'))
    await expect.poll(client.frames).toEqual(['text MOORING_E_WEBSOCKET', 'text still'])
    client.socket.destroy()
  })
}
