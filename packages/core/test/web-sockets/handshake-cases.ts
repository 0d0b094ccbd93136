import { expect, test } from 'vitest'
import { handshake, openedRaw, openRaw } from './client.ts'
import { line, linesOf, named, type RuntimeFacts, type WebSocketTarget } from './target.ts'

export function handshakeCases(target: () => WebSocketTarget, facts: RuntimeFacts): void {
  test('is answered with the accept value of its key, and onOpen is called', async () => {
    const { client, name } = await named(target())
    expect(client.head()).toMatch(/^HTTP\/1\.1 101 Switching Protocols\r\n/)
    // The key and its answer are the example of RFC 6455 §1.3.
    expect(client.head()).toMatch(/sec-websocket-accept: s3pPLMBiTxaQ9kYGzzhZRbK\+xOo=/i)
    expect(client.head()).not.toMatch(/mooring/i)
    expect(await line(target(), name, 'opened')).toMatchObject({ readyState: 1 })
    client.socket.destroy()
  })

  test('what onOpen sends comes first', async () => {
    const { client } = await named(target(), '/ws?greeting=welcome')
    await expect.poll(client.frames).toEqual(['text welcome'])
    client.socket.destroy()
  })

  test('the upgrade may be asked for in any case', async () => {
    const { client } = await named(target(), '/ws', {
      Upgrade: 'WebSocket',
      Connection: 'keep-alive, upgrade',
    })
    expect(client.head()).toMatch(/^HTTP\/1\.1 101 /)
    client.socket.destroy()
  })

  test.each([
    ['no upgrade at all', { Upgrade: undefined, Connection: undefined }],
    ['another protocol', { Upgrade: 'h2c' }],
    ['several protocols', { Upgrade: 'h2c, websocket' }],
  ])('%s is 426', async (_what, headers) => {
    const client = await openedRaw(target().port, '/ws', handshake(headers))
    expect(client.head()).toMatch(/^HTTP\/1\.1 426 Upgrade Required\r\n/)
    const lines = client.head().toLowerCase().split('\r\n')
    const naming = lines.filter((one) => /^(upgrade: websocket|connection: upgrade)$/.test(one))
    expect(naming).toHaveLength(facts.namesUpgrade ? 2 : 0)
    client.socket.destroy()
  })

  test('another version is 426, and says which', async () => {
    const headers = handshake({ 'Sec-WebSocket-Version': '12' })
    const client = await openedRaw(target().port, '/ws', headers)
    expect(client.head()).toMatch(/^HTTP\/1\.1 426 /)
    expect(client.head()).toMatch(/\r\nsec-websocket-version: 13(\r\n|$)/i)
    client.socket.destroy()
  })

  const broken = (what: string, headers: Readonly<Record<string, string | undefined>>) => ({
    what,
    headers,
  })
  test.each([
    broken('no key', { 'Sec-WebSocket-Key': undefined }),
    broken('a protocol that is no token', { 'Sec-WebSocket-Protocol': 'a b' }),
    broken('a protocol twice', { 'Sec-WebSocket-Protocol': 'a, a' }),
    ...(facts.showsKey
      ? [
          broken('a key that is too short', { 'Sec-WebSocket-Key': 'abc' }),
          broken('a key that is no base64', { 'Sec-WebSocket-Key': `${'!'.repeat(22)}==` }),
        ]
      : []),
  ])('$what is 400', async ({ headers }) => {
    const client = await openedRaw(target().port, '/ws', handshake(headers))
    expect(client.head()).toMatch(/^HTTP\/1\.1 400 /)
    client.socket.destroy()
  })

  test('HEAD is 426, another method goes on to the app', async () => {
    const url = `http://127.0.0.1:${target().port}/ws`
    expect((await fetch(url, { method: 'HEAD' })).status).toBe(426)
    expect(await (await fetch(url, { method: 'POST' })).text()).toBe('posted')
    expect((await fetch(url, { method: 'PUT' })).status).toBe(404)
  })

  test('Upgrade changes nothing on an ordinary route', async () => {
    const { port } = target()
    const client = await openedRaw(port, '/plain', handshake({ Connection: 'close, Upgrade' }))
    expect(client.head()).toMatch(/^HTTP\/1\.1 200 /)
    await expect.poll(client.body).toContain('plain')
    client.socket.destroy()
  })

  test.each(facts.ignoresOtherUpgrades ? ['h2c'] : [])(
    'another Upgrade (%s) changes nothing at all: bodies are read, the connection is kept',
    async (upgrade) => {
      const other = {
        Upgrade: upgrade,
        Connection: 'Upgrade, HTTP2-Settings',
        'HTTP2-Settings': 'AAMA',
      }
      const headers = handshake({ ...other, 'Content-Length': '5' })
      const client = openRaw(target().port, '/ws', headers, 'POST')
      client.socket.write('hello')
      await expect.poll(client.body).toContain('posted')
      client.socket.write('GET /plain HTTP/1.1\r\nHost: localhost\r\n\r\n')
      await expect.poll(client.body).toMatch(/posted[^]*HTTP\/1\.1 200 [^]*plain$/)
      client.socket.destroy()
    },
  )

  test('of the protocols offered, the first that the route speaks is taken', async () => {
    for (const [offered, taken] of [
      ['v1', 'v1'],
      ['v3, v1, v2', 'v1'],
      ['v2,v1', 'v2'],
    ] as const) {
      const { client } = await named(target(), '/protocols', { 'Sec-WebSocket-Protocol': offered })
      expect(client.head()).toMatch(new RegExp(`\r\nsec-websocket-protocol: ${taken}(\r\n|$)`, 'i'))
      client.socket.destroy()
    }
    const { client } = await named(target(), '/protocols', { 'Sec-WebSocket-Protocol': 'v3' })
    expect(client.head()).toMatch(/^HTTP\/1\.1 101 /)
    expect(client.head()).not.toMatch(/sec-websocket-protocol/i)
    client.socket.destroy()
  })

  test('a standard client agrees on a protocol, and the handler knows it', async () => {
    const url = `ws://127.0.0.1:${target().port}/protocols?token=secret`
    const socket = new WebSocket(url, ['v1', 'v2'])
    const opened = new Promise((resolve, reject) => {
      socket.addEventListener('open', resolve)
      socket.addEventListener('error', reject)
    })
    await opened
    expect(socket.protocol).toBe('v1')
    const answered = new Promise<MessageEvent>((resolve) =>
      socket.addEventListener('message', resolve),
    )
    socket.send('{"do":"state"}')
    expect(JSON.parse((await answered).data)).toEqual({
      readyState: 1,
      protocol: 'v1',
      path: '/protocols',
      bufferedAmount: 0,
    })
    const closed = new Promise<CloseEvent>((resolve) => socket.addEventListener('close', resolve))
    socket.close(1000, 'bye')
    expect(await closed).toMatchObject({ code: 1000, wasClean: true })
  })

  test('a middleware before it can answer instead', async () => {
    const { client: refused } = await named(target(), '/private')
    expect(refused.head()).toMatch(/^HTTP\/1\.1 401 /)
    await expect.poll(refused.body).toBe('Who are you?')
    refused.socket.destroy()
    const { client, name } = await named(target(), '/private', { Authorization: 'Bearer secret' })
    expect(client.head()).toMatch(/^HTTP\/1\.1 101 /)
    expect(await line(target(), name, 'answered')).toMatchObject({ status: 101 })
    client.socket.destroy()
  })

  test('a middleware after it can, too', async () => {
    const { client, name } = await named(target(), '/replaced')
    expect(client.head()).toMatch(/^HTTP\/1\.1 403 /)
    expect(client.head()).not.toMatch(/mooring/i)
    await expect.poll(client.body).toContain('something else')
    client.socket.destroy()
    expect(linesOf(target(), name).map(({ message }) => message)).not.toContain('message')
  })

  test('headers of middlewares are on the 101', async () => {
    const { client } = await named(target(), '/headers')
    expect(client.head()).toMatch(/^HTTP\/1\.1 101 /)
    for (const header of ['x-before: before', 'x-after: after', 'x-after-too: too']) {
      expect(client.head().toLowerCase()).toContain(`\r\n${header}`)
    }
    expect(client.head().match(/\r\nset-cookie: (a=1|b=2)(?=\r\n|$)/gi)).toHaveLength(2)
    client.send(Buffer.from([0x81, 0x80, 0, 0, 0, 0]))
    await expect.poll(client.frames).toEqual(['text '])
    client.socket.destroy()
  })

  test('a handler that cannot be made is a bare 500, and the process lives', async () => {
    const { client } = await named(target(), '/no-events')
    expect(client.head()).toMatch(/^HTTP\/1\.1 500 /)
    expect(client.body()).not.toContain('on purpose')
    client.socket.destroy()
    const { client: next } = await named(target())
    expect(next.head()).toMatch(/^HTTP\/1\.1 101 /)
    next.socket.destroy()
  })
}
