import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { expect, onTestFinished, test } from 'vitest'
import { openFileKv } from '../../port-bound/src/kv/kv-file.ts'
import { attachmentOf, node, temporaryFolder } from './kv-attachment.ts'

const writer = fileURLToPath(new URL('./fixtures/kv-writer.ts', import.meta.url))

/** Starts a writer and kills it at a moment that nobody chose. @returns the keys it acknowledged */
async function writeUntilKilled(url: string, name: string, writers: number): Promise<string[]> {
  const child = spawn(node, [writer, url, name, String(writers)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  let printed = ''
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    printed += text
  })
  const closed = once(child, 'close')
  await Promise.race([once(child.stdout, 'data'), closed])
  await sleep(Math.random() * 300)
  child.kill('SIGKILL')
  const [, signal] = await closed
  expect(signal).toBe('SIGKILL')
  return printed.slice(0, printed.lastIndexOf('\n')).split('\n')
}

test('every write that was acknowledged outlives kill -9', { timeout: 120_000 }, async () => {
  const folder = await temporaryFolder()
  onTestFinished(folder.remove)
  const path = join(folder.path, 'store.sqlite')
  const url = `file:${path}`
  const acknowledged: string[] = []
  for (let round = 0; round < 5; round++) {
    const killed = ['a', 'b'].map((name) => writeUntilKilled(url, `${round}${name}`, 8))
    for (const keys of await Promise.all(killed)) {
      expect(keys.length).toBeGreaterThan(0)
      acknowledged.push(...keys)
    }
    const { handle: kv, close } = await openFileKv(attachmentOf(url))
    const lost: string[] = []
    for (const key of acknowledged) {
      if ((await kv.get(key)) !== `value of ${key}`) lost.push(key)
    }
    expect(lost).toEqual([])
    await close?.()
  }
  const db = new DatabaseSync(path)
  expect(db.prepare('PRAGMA integrity_check').get()).toEqual({ integrity_check: 'ok' })
  db.close()
})
