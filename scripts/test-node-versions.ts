import path from 'node:path'
import { fetchNode, nodeVersions, root, run } from './tools.ts'

// The port-bound tests once on each Node, or on those that are named (`22 24`): the tests themselves,
// and the programs that they start.
const report = process.env['TEST_REPORT']
let failed = false
const asked = process.argv.slice(2)
for (const [major, version] of Object.entries(nodeVersions)) {
  if (asked.length > 0 && !asked.includes(major)) continue
  const node = fetchNode(version)
  process.stdout.write(`\nNode ${version}\n`)
  try {
    const vitest = path.join(root, 'node_modules/vitest/vitest.mjs')
    const projects = ['--project', 'node', '--project', 'links-node']
    // Of the port-bound tests even more is waiting.
    // What a router or an image does is the same to each: that runs on the usual one alone.
    const once = ['container', 'zero-loss'].flatMap((name) => ['--exclude', `**/${name}.test.ts`])
    const options = ['--maxWorkers', '4', ...once]
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
