import { readdirSync } from 'node:fs'
import path from 'node:path'
import { parseArgs } from 'node:util'
import { load, type Sample } from './load.ts'
import { type Peer, startPeer } from './peer.ts'
import { toTable } from './table.ts'
import { workloads } from './workloads.ts'

/** Above this share of the server's core used by others, a figure says more about them. */
const mostDisturbance = 0.1

const { values } = parseArgs({
  options: {
    only: { type: 'string' },
    rounds: { type: 'string', default: '5' },
    seconds: { type: 'string', default: '3' },
    json: { type: 'boolean', default: false },
  },
})

const all = readdirSync(path.resolve(import.meta.dirname, '../servers'))
  .map((file) => path.basename(file, '.ts'))
  .filter((name) => name !== 'app')
const names = values.only?.split(',') ?? all
const seconds = Number(values.seconds)
const samples = new Map<string, Sample[]>()
let left = 0

const peers: Peer[] = []
try {
  for (const name of names) peers.push(await startPeer(name, workloads))
  for (const peer of peers) {
    for (const workload of workloads) await load(peer, workload, 2)
  }
  for (let round = 0; round < Number(values.rounds); round++) {
    for (const workload of workloads) {
      // Side by side: what disturbs one of them, disturbs its neighbours too.
      for (const peer of peers) {
        const sample = await load(peer, workload, seconds)
        if (sample.disturbance > mostDisturbance) left += 1
        else {
          const key = `${peer.name} ${workload.name}`
          samples.set(key, [...(samples.get(key) ?? []), sample])
        }
      }
    }
  }
} finally {
  for (const peer of peers) await peer.stop()
}

if (values.json) process.stdout.write(`${JSON.stringify(Object.fromEntries(samples))}\n`)
else process.stdout.write(toTable(names, workloads, samples))
if (left > 0) process.stderr.write(`${left} samples are left out: others used the core too\n`)
