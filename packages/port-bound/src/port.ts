import { readdir, readFile, readlink } from 'node:fs/promises'
import { MooringError } from '@mooring/core'

/**
 * Reads a port strictly: one to five digits, 0–65535. Node itself would take `3000abc` for the name
 * of a Unix socket, and `0x1F91` and `1e4` for numbers.
 *
 * @param name the variable, for the error
 * @throws MOORING_E_PORT
 */
export function parsePort(name: string, value: string): number {
  const port = /^\d{1,5}$/.test(value) ? Number(value) : Number.NaN
  if (port <= 65535) return port
  throw new MooringError('MOORING_E_PORT', {
    message: `${name} is ${JSON.stringify(value)}.`,
    why: 'Expected a whole number, 0–65535 (0 takes any free port).',
    fix: `set ${name} to a port such as 8080.`,
  })
}

export interface PortHolder {
  readonly pid: number
  /** The program and its arguments. */
  readonly command: string
}

/**
 * The process that listens on a TCP port, where the system lets us read it (Linux, and only the
 * processes of the same user unless root).
 */
export async function portHolder(port: number): Promise<PortHolder | undefined> {
  const tables = await Promise.all(['/proc/net/tcp', '/proc/net/tcp6'].map(readOrEmpty))
  const inodes = new Set(tables.flatMap((table) => listeningInodes(table, port)))
  if (inodes.size === 0) return undefined
  const pids = await readdir('/proc').catch(() => [])
  for (const pid of pids.filter((name) => /^\d+$/.test(name))) {
    if (!(await holdsSocket(pid, inodes))) continue
    const command = (await readOrEmpty(`/proc/${pid}/cmdline`)).replaceAll('\0', ' ').trim()
    return { pid: Number(pid), command: command.slice(0, 200) }
  }
  return undefined
}

/** proc(5): local address is `HEX:PORT` in the second column, state 0A is LISTEN, the tenth the inode. */
function listeningInodes(table: string, port: number): string[] {
  const suffix = `:${port.toString(16).toUpperCase().padStart(4, '0')}`
  return table
    .split('\n')
    .map((line) => line.trim().split(/\s+/))
    .filter((columns) => columns[1]?.endsWith(suffix) && columns[3] === '0A')
    .map((columns) => columns[9] ?? '')
}

async function holdsSocket(pid: string, inodes: ReadonlySet<string>): Promise<boolean> {
  const descriptors = await readdir(`/proc/${pid}/fd`).catch(() => [])
  for (const descriptor of descriptors) {
    const target = await readlink(`/proc/${pid}/fd/${descriptor}`).catch(() => '')
    const inode = /^socket:\[(\d+)\]$/.exec(target)?.[1]
    if (inode !== undefined && inodes.has(inode)) return true
  }
  return false
}

function readOrEmpty(file: string): Promise<string> {
  return readFile(file, 'utf8').catch(() => '')
}
