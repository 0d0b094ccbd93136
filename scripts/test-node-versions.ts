import path from 'node:path'
import { fetchNode, nodeVersions, root, run } from './tools.ts'

// The port-bound tests once on each Node, or on those that are named (`22 24`): the tests themselves,
// and the programs that they start.
const report = process.env['TEST_REPORT']
const isCi = Boolean(process.env['CI'])

/** What a router, an image or Redis does is the same to each Node: that runs on the usual one alone. */
const once = ['container', 'zero-loss', 'kv-redis*', 'queue-redis']

/**
 * What the kernel, a proxy or systemd does as well: CI, which has twenty minutes, runs it on the usual
 * one alone.
 */
const ofSystem = [
  'crowd',
  'loop-watchdog',
  'overload',
  'production',
  'proxy-protocol',
  'starved',
  'systemd',
  'tls-reload',
]

/** For 24, which lies between two that run them, CI has time for what speaks HTTP and TLS alone. */
const besides = [
  'workers*',
  'hooks',
  'admin',
  'metrics*',
  'kv-*',
  'queue*',
  'topic',
  'fed-web-sockets',
  'schedules',
  'service*',
]

let failed = false
const asked = process.argv.slice(2)
for (const [major, version] of Object.entries(nodeVersions)) {
  if (asked.length > 0 && !asked.includes(major)) continue
  const node = fetchNode(version)
  process.stdout.write(`\nNode ${version}\n`)
  try {
    const vitest = path.join(root, 'node_modules/vitest/vitest.mjs')
    const projects = ['--project', 'node', '--project', 'links-node']
    const names = [...once, ...(isCi ? ofSystem : []), ...(isCi && major === '24' ? besides : [])]
    const excluded = names.flatMap((name) => ['--exclude', `**/${name}.test.ts`])
    // Of the port-bound tests even more is waiting, and none leaves anything behind in its own process.
    const options = ['--maxWorkers', '4', '--no-isolate', ...excluded]
    run(node, [vitest, 'run', ...projects, ...options], root, {
      ...process.env,
      NODE_UNDER_TEST: node,
      ...(report && { TEST_REPORT: report.replace(/\.json$/, `-${version}.json`) }),
    })
  } catch {
    failed = true
  }
}
process.exitCode = failed ? 1 : 0
