import { buffer } from 'node:stream/consumers'
import { expect, test } from 'vitest'
import { ServerFrames } from './front-frames.ts'

const upgraded = Buffer.from('HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n\r\n')
const close = Buffer.from([0x88, 2, 0x03, 0xf4])

/** A frame of text, its length written in 7, 16 or 64 bits. */
function frame(bytes: number): Buffer {
  const head =
    bytes < 126
      ? [0x81, bytes]
      : bytes < 65_536
        ? [0x81, 126, bytes >> 8, bytes & 0xff]
        : [0x81, 127, 0, 0, 0, 0, 0, bytes >> 16, (bytes >> 8) & 0xff, bytes & 0xff]
  return Buffer.concat([Buffer.from(head), Buffer.alloc(bytes, 'x')])
}

/** What a client gets where the server is cut off after so many bytes of what it sends. */
async function closedAfter(sent: Buffer, closeAt: number, chunkBytes: number): Promise<Buffer> {
  const frames = new ServerFrames()
  const received = buffer(frames)
  for (let at = 0; at < sent.length; at += chunkBytes) {
    if (at >= closeAt) frames.close()
    await new Promise((resolve) => frames.write(sent.subarray(at, at + chunkBytes), resolve))
  }
  frames.close()
  frames.end()
  return received
}

const messages = [frame(5), frame(0), frame(300), frame(70_000), frame(1)]
/** Where one frame ends and another may begin. */
const between = messages.reduce(
  (ends, each) => [...ends, ends.at(-1)! + each.length],
  [upgraded.length],
)

test.each([3, 7, 1_000, 100_000])(
  'the close comes between two frames, whole ones, in chunks of %d bytes',
  async (chunkBytes) => {
    const sent = Buffer.concat([upgraded, ...messages])
    for (const closeAt of [0, upgraded.length + 3, upgraded.length + 20, 1_000, sent.length]) {
      const received = await closedAfter(sent, closeAt, chunkBytes)
      expect(received.subarray(-4)).toEqual(close)
      const passed = received.subarray(0, -4)
      expect(between).toContain(passed.length)
      expect(passed.length).toBeGreaterThanOrEqual(Math.min(closeAt, sent.length))
      expect(sent.subarray(0, passed.length).equals(passed)).toBe(true)
    }
  },
)

test('a handshake that is refused is passed on as it is', async () => {
  const refused = Buffer.from('HTTP/1.1 401 Unauthorized\r\nContent-Length: 4\r\n\r\nnope')
  expect(await closedAfter(refused, 0, 10)).toEqual(refused)
})
