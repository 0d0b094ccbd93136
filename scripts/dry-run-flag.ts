import { isDryRun } from './deploy/dry-run.ts'

// For the `deploy` of apps/links-edge and apps/preview: the flag where a dry run was asked for. Where that cannot be
// found out this fails, and nothing is deployed.
process.stdout.write(isDryRun(process.ppid) ? '--dry-run' : '')
