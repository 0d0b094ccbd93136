import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Fleet, startFleet, workerdTarget } from '@mooring/parity'

const folder = mkdtempSync(path.join(tmpdir(), 'parity-workerd-'))
const configPath = path.join(folder, 'wrangler.json')
const config = {
  name: 'kept',
  main: 'worker.js',
  compatibility_date: '2026-11-01',
  kv_namespaces: [{ binding: 'STORE' }],
  triggers: { crons: ['0 3 * * *'] },
}
const program = `export default {
  async fetch({ method }, env) {
    if (method === 'DELETE') process.exit(7)
    if (method === 'PUT') await env.STORE.put('a', 'kept')
    return new Response(await env.STORE.get('a'))
  },
  async scheduled() {},
}\n`

let fleet: Fleet | undefined
beforeAll(async () => {
  writeFileSync(configPath, JSON.stringify(config))
  writeFileSync(path.join(folder, 'worker.js'), program)
  fleet = await startFleet([workerdTarget({ name: 'workerd', configPath })])
}, 60_000)
afterAll(async () => {
  await fleet?.stop()
  rmSync(folder, { recursive: true, force: true })
})

const running = () => fleet!.members[0]!.running()

test('what a Worker has stored outlives a restart, as a file does port-bound', async () => {
  const ask = async (method: string) => {
    const { host, port } = running().address
    return (await fetch(`http://${host}:${port}/`, { method })).text()
  }
  expect(await ask('PUT')).toBe('kept')
  await fleet!.restart()
  expect(await ask('GET')).toBe('kept')
})

test('D-102: process.exit ends the request on workerd, and nothing else', async () => {
  const { host, port } = running().address
  const ask = (method: string) => fetch(`http://${host}:${port}/`, { method })
  expect((await ask('DELETE')).status).toBe(500)
  expect((await ask('GET')).status).toBe(200)
  expect(running().ended()).toBe(undefined)
})

test('a schedule runs only where the configuration has a trigger for it', async () => {
  const run = (cron: string) => running().runSchedule({ name: 'count', cron })
  expect(await run('0 3 * * *')).toBe('ran')
  expect(await run('0 4 * * *')).toBe(`nothing: no trigger of ${configPath} has 0 4 * * *`)
})
