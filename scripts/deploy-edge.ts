import { spawnSync } from 'node:child_process'
import { isDryRun } from './deploy/dry-run.ts'

// `deploy` of apps/links-edge: wrangler, with what follows the script's name.
const given = process.argv.slice(2)
const args = ['deploy', '--minify', ...given.filter((arg) => arg !== '--dry-run')]
if (isDryRun(given, process.ppid)) args.push('--dry-run')
const { status, error } = spawnSync('wrangler', args, { stdio: 'inherit' })
if (error) throw error
process.exitCode = status ?? 1
