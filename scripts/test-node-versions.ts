import path from 'node:path'
import { fetchNode, nodeVersions, root, run } from './tools.ts'

// The port-bound tests once on each Node: the tests themselves, and the programs that they start.
const report = process.env['TEST_REPORT']
let failed = false
for (const version of Object.values(nodeVersions)) {
  const node = fetchNode(version)
  process.stdout.write(`\nNode ${version}\n`)
  try {
    const vitest = path.join(root, 'node_modules/vitest/vitest.mjs')
    const projects = ['--project', 'node', '--project', 'links-node']
    run(node, [vitest, 'run', ...projects, '--exclude', '**/container.test.ts'], root, {
      ...process.env,
      NODE_UNDER_TEST: node,
      ...(report && { TEST_REPORT: report.replace(/\.json$/, `-${version}.json`) }),
    })
  } catch {
    failed = true
  }
}
process.exitCode = failed ? 1 : 0
