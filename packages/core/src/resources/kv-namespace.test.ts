import { describe, expect, test } from 'vitest'
import { kv, type KvOptions } from './kv.ts'
import type { Kv } from './kv-handle.ts'
import type { BindingAttachment } from './resource.ts'

const at = (value: unknown): BindingAttachment => ({
  via: 'binding',
  app: 'links',
  resource: 'store',
  variable: 'STORE_URL',
  binding: 'STORE',
  value,
})

const attach = (value: unknown, options?: KvOptions) => kv(options).attach(at(value))

/** A namespace that fails as the service does; the local simulator, which runs the suite, cannot. */
async function failing(message: string): Promise<Kv> {
  const fail = () => Promise.reject(new Error(message))
  const opened = await attach({ getWithMetadata: fail, put: fail, delete: fail, list: fail })
  if ('refused' in opened || !opened.handle) throw new Error('it was refused')
  return opened.handle
}

describe('what is no KV namespace', () => {
  test.each([undefined, null, 'text', {}, { fetch: () => {} }])('is refused: %j', async (value) => {
    expect(await attach(value)).toEqual({
      refused: [
        'The kv resource "store" (STORE_URL port-bound, binding STORE injected) needs a KV namespace.',
        'Bind a KV namespace as "STORE" under "kv_namespaces" in wrangler.jsonc.',
      ].join('\n'),
    })
  })
})

test('counting is refused, with the reason', async () => {
  const namespace = { getWithMetadata: () => {} }
  const opened = await attach(namespace, { counting: true })
  expect(opened).toEqual({ refused: expect.stringContaining('no atomic write') })
})

describe('a failure of Workers KV', () => {
  test('names the store', async () => {
    const store = await failing('KV PUT failed: 429 Too Many Requests')
    const work = [
      () => store.get('key'),
      () => store.put('key', 'value'),
      () => store.putIfAbsent('key', 'value'),
      () => store.delete('key'),
      () => store.list(),
    ]
    for (const each of work) {
      await expect(each()).rejects.toMatchObject({
        code: 'MOORING_E_KV_UNREACHABLE',
        message: expect.stringContaining(
          'The kv resource "store" (STORE_URL port-bound, binding STORE injected)',
        ),
        why: expect.stringContaining('429'),
      })
    }
  })

  test('is a bad cursor where it is one', async () => {
    const cursor = 'kv.123'
    const refusing = await failing('KV GET failed: 400 Bad Request')
    await expect(refusing.list({ cursor })).rejects.toMatchObject({ code: 'MOORING_E_KV_CURSOR' })
    await expect(refusing.list()).rejects.toMatchObject({ code: 'MOORING_E_KV_UNREACHABLE' })
    const down = await failing('KV GET failed: 503 Service Unavailable')
    await expect(down.list({ cursor })).rejects.toMatchObject({ code: 'MOORING_E_KV_UNREACHABLE' })
  })
})
