import { execFileSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'

interface Process {
  readonly parent: number
  readonly line: string
}

/**
 * Whether a dry run was asked for. `pnpm --filter links-edge deploy --dry-run` runs our script in
 * place of pnpm's own `deploy`, and drops the flag that its own command knows too: so the command
 * lines above this process are asked.
 *
 * @param parent the id of the process that started it
 * @throws where these cannot be read: a dry run must not become a deployment
 */
export function isDryRun(parent: number): boolean {
  for (let id = parent; id > 1;) {
    const found = existsSync('/proc/self/stat') ? fromProc(id) : fromPs(id)
    if (/\sdeploy(\s.*)?\s--dry-run(\s|$)/.test(found.line)) return true
    id = found.parent
  }
  return false
}

/** proc(5): the parent is the second field after the name, which ends at the last parenthesis. */
function fromProc(id: number): Process {
  const [, parent] = readFileSync(`/proc/${id}/stat`, 'utf8').split(') ').at(-1)!.split(' ')
  const line = readFileSync(`/proc/${id}/cmdline`, 'utf8').replaceAll('\0', ' ')
  return { parent: Number(parent), line }
}

function fromPs(id: number): Process {
  const row = execFileSync('ps', ['-o', 'ppid=,args=', '-p', String(id)], { encoding: 'utf8' })
  const [, parent, line = ''] = /^\s*(\d+)\s+(.*)$/s.exec(row) ?? []
  return { parent: Number(parent), line }
}
