import { readdirSync, readFileSync, readlinkSync } from 'node:fs'

// What Linux tells about processes. Elsewhere every one of these is empty, and the clauses that need
// them do not apply.

/** Whether this system has `/proc`. */
export const hasProc: boolean = process.platform === 'linux'

function read(path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    // The process is gone, or is another user's.
    return ''
  }
}

function list(path: string): string[] {
  try {
    return readdirSync(path)
  } catch {
    return []
  }
}

interface Status {
  readonly parent: number
  /** `Z` is a zombie. */
  readonly state: string
}

function statusOf(pid: number): Status | undefined {
  const stat = read(`/proc/${pid}/stat`)
  // The name, in brackets, may hold anything.
  const [state, parent] = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  return state && parent ? { state, parent: Number(parent) } : undefined
}

function allPids(): number[] {
  return list('/proc').flatMap((name) => (/^\d+$/.test(name) ? [Number(name)] : []))
}

/** The process and everything that it started, zombies included. */
export function familyOf(root: number): number[] {
  const parents = new Map(allPids().map((pid) => [pid, statusOf(pid)?.parent]))
  const family = new Set([root])
  for (let grown = true; grown;) {
    grown = false
    for (const [pid, parent] of parents) {
      if (parent === undefined || family.has(pid) || !family.has(parent)) continue
      family.add(pid)
      grown = true
    }
  }
  return [...family]
}

/** Processes that have ended and that nobody has asked after. */
export function zombiesAmong(pids: readonly number[]): number[] {
  return pids.filter((pid) => statusOf(pid)?.state === 'Z')
}

/** Whether the process is there and has not ended. */
export function isAlive(pid: number): boolean {
  const state = statusOf(pid)?.state
  return state !== undefined && state !== 'Z' && state !== 'X'
}

/** The processes whose environment holds `marker`, whoever their parent is by now. */
export function pidsMarked(marker: string): number[] {
  return allPids().filter((pid) => isAlive(pid) && read(`/proc/${pid}/environ`).includes(marker))
}

/** What the process's descriptors point to, such as `socket:[123]` or a path. */
export function descriptorsOf(pid: number): { readonly fd: string; readonly to: string }[] {
  return list(`/proc/${pid}/fd`).flatMap((fd) => {
    try {
      return [{ fd, to: readlinkSync(`/proc/${pid}/fd/${fd}`) }]
    } catch {
      return []
    }
  })
}

/** Whether a descriptor was opened for writing. */
export function isWritable(pid: number, fd: string): boolean {
  const flags = /^flags:\s*(\d+)/m.exec(read(`/proc/${pid}/fdinfo/${fd}`))?.[1]
  return flags !== undefined && (Number.parseInt(flags, 8) & 3) !== 0
}

/** Resident memory in bytes. */
export function residentBytes(pids: readonly number[]): number {
  const ofOne = (pid: number) => /^VmRSS:\s*(\d+) kB/m.exec(read(`/proc/${pid}/status`))?.[1]
  return pids.reduce((sum, pid) => sum + Number(ofOne(pid) ?? 0) * 1024, 0)
}

/** A TCP port that a process listens on. */
export interface Listening {
  readonly port: number
  /** As `/proc/net/tcp` writes it: hexadecimal, eight digits for IPv4, 32 for IPv6. */
  readonly address: string
}

/** The TCP ports that any of the processes listens on. */
export function listeningPorts(pids: readonly number[]): Listening[] {
  const inodes = new Set(
    pids.flatMap((pid) => descriptorsOf(pid).map(({ to }) => /^socket:\[(\d+)\]$/.exec(to)?.[1])),
  )
  return ['tcp', 'tcp6'].flatMap((table) =>
    read(`/proc/net/${table}`)
      .split('\n')
      .slice(1)
      .flatMap((line) => {
        const [, local = '', , state, , , , , , inode] = line.trim().split(/\s+/)
        const [address = '', port = ''] = local.split(':')
        const isTheirs = state === '0A' && inode !== undefined && inodes.has(inode)
        return isTheirs ? [{ address, port: Number.parseInt(port, 16) }] : []
      }),
  )
}

/** The first child of a process, which is PID 1 when the process is `unshare --pid --fork`. */
export function firstChild(pid: number): number | undefined {
  const [child] = read(`/proc/${pid}/task/${pid}/children`).trim().split(' ')
  return child ? Number(child) : undefined
}

/** How many connections to a local port the side that listens holds open. */
export function connectionsTo(port: number): number {
  const suffix = `:${port.toString(16).toUpperCase().padStart(4, '0')}`
  return ['tcp', 'tcp6'].flatMap((table) =>
    read(`/proc/net/${table}`)
      .split('\n')
      .filter((line) => {
        const [, local, , state] = line.trim().split(/\s+/)
        return state === '01' && local?.endsWith(suffix)
      }),
  ).length
}
