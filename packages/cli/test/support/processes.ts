import { readdir, readFile, readlink } from 'node:fs/promises'

export interface ProcessEntry {
  readonly pid: number
  readonly parent: number
  readonly command: string
}

/** Every process that this user can see (proc(5)). */
export async function listProcesses(): Promise<readonly ProcessEntry[]> {
  const names = await readdir('/proc')
  const entries = await Promise.all(names.filter((name) => /^\d+$/.test(name)).map(readEntry))
  return entries.filter((entry) => entry !== undefined)
}

async function readEntry(name: string): Promise<ProcessEntry | undefined> {
  const stat = await readFile(`/proc/${name}/stat`, 'utf8').catch(() => undefined)
  // The command's name is in brackets and may hold anything.
  const [state, parent] = stat?.slice(stat.lastIndexOf(')') + 2).split(' ') ?? []
  if (state === undefined || state === 'Z') return undefined
  const command = await readFile(`/proc/${name}/cmdline`, 'utf8').catch(() => '')
  return {
    pid: Number(name),
    parent: Number(parent),
    command: command.replaceAll('\0', ' ').trim(),
  }
}

/** The process and all that it started, and they started. */
export async function treeOf(pid: number): Promise<readonly ProcessEntry[]> {
  const all = await listProcesses()
  const tree = all.filter((entry) => entry.pid === pid)
  for (const parent of tree) {
    tree.push(...all.filter((entry) => entry.parent === parent.pid && !tree.includes(entry)))
  }
  return tree
}

/** The processes that work in a folder, or whose command line names it. */
export async function processesIn(folder: string): Promise<readonly ProcessEntry[]> {
  const all = await listProcesses()
  const cwds = await Promise.all(all.map(({ pid }) => readlink(`/proc/${pid}/cwd`).catch(() => '')))
  return all.filter(
    ({ command, pid }, at) =>
      pid !== process.pid && (cwds[at]?.startsWith(folder) || command.includes(folder)),
  )
}

/** Whether it runs; one that has ended and was not yet waited for does not. */
export async function isAlive(pid: number): Promise<boolean> {
  return (await readEntry(String(pid))) !== undefined
}
