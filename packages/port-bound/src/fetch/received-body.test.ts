import { expect, test } from 'vitest'
import { FetchExchange } from './fetch-exchange.ts'
import { receiveBody } from './received-body.ts'

test('the rest of a body that stalls after the answer is given up', async () => {
  let isCancelled = false
  // One part, and then no more.
  const body = new ReadableStream<Uint8Array>({
    start: (controller) => controller.enqueue(new Uint8Array(1)),
    cancel: () => void (isCancelled = true),
  })
  const init = { method: 'POST', body, duplex: 'half' } as RequestInit
  const request = new Request('http://localhost/', init)
  const answer = Promise.withResolvers<void>()
  const exchange = new FetchExchange({
    request,
    remoteAddress: () => undefined,
    bindings: {},
    delivered: answer.promise,
    upgrade: () => undefined,
  })
  const received = receiveBody(request, exchange, 1_024, () => {})
  await received.body!.getReader().read()
  answer.resolve()
  await expect.poll(() => isCancelled, { timeout: 10_000 }).toBe(true)
})
