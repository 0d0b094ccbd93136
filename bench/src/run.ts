import { readFileSync, writeFileSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { buildLinks, buildServers } from './build.ts'
import { describeMachine } from './machine.ts'
import type { Settings } from './part.ts'
import { measureParts, partNames } from './parts.ts'
import type { Results } from './results.ts'
import { writePage } from './report/page.ts'
import { toText } from './report/text.ts'

const { values } = parseArgs({
  options: {
    only: { type: 'string' },
    workloads: { type: 'string' },
    parts: { type: 'string', default: partNames.join(',') },
    rounds: { type: 'string', default: '5' },
    seconds: { type: 'string', default: '2' },
    // Above this share of the server's core used by others, a figure says more about them.
    disturbance: { type: 'string', default: '0.1' },
    json: { type: 'string' },
    from: { type: 'string' },
    write: { type: 'boolean', default: false },
  },
})

const parts = values.parts.split(',')
const unknown = parts.find((part) => !partNames.includes(part))
if (unknown !== undefined) throw new Error(`no part ${unknown}: ${partNames.join(', ')}`)
const settings: Settings = {
  rounds: Number(values.rounds),
  seconds: Number(values.seconds),
  only: values.only?.split(','),
  workloads: values.workloads?.split(','),
  mostDisturbance: Number(values.disturbance),
  say: (text) => process.stderr.write(`${text}\n`),
}

const results = values.from === undefined ? await measure() : read(values.from)
process.stdout.write(toText(results))
process.exitCode = results.failed.length > 0 ? 1 : 0
if (values.write) writePage(results)
if (values.json !== undefined) writeFileSync(values.json, `${JSON.stringify(results, null, 2)}\n`)

async function measure(): Promise<Results> {
  const machine = describeMachine()
  await buildServers()
  if (parts.includes('start')) buildLinks()
  return measureParts(parts, machine, settings)
}

function read(file: string): Results {
  return JSON.parse(readFileSync(file, 'utf8')) as Results
}
