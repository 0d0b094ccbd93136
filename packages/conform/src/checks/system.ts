import { spawnSync } from 'node:child_process'
import { networkInterfaces } from 'node:os'
import { Decided, notApplicable } from '../outcome.ts'
import { hasProc } from '../proc.ts'

/** Ends the check where there is no `/proc`. */
export function needProc(): void {
  if (!hasProc) throw new Decided(notApplicable('it looks at processes through /proc'))
}

/** Ends the check for anyone but root. */
export function needRoot(): void {
  if (process.getuid?.() === 0) return
  throw new Decided(notApplicable('only root can set this up; run it as root, or in a container'))
}

/** Ends the check where a program of the system is missing, or may not do what it is for. */
export function needTool(file: string, ...args: string[]): void {
  const { status } = spawnSync(file, args, { stdio: 'ignore', timeout: 10_000 })
  if (status === 0) return
  throw new Decided(notApplicable(`${[file, ...args].join(' ')} does not work here`))
}

/**
 * An address of this machine by which a connection does not come from loopback, which some servers
 * trust without being told to; loopback where there is no other.
 */
export function outsideAddress(): string {
  const addresses = Object.values(networkInterfaces()).flatMap((each) => each ?? [])
  const outside = addresses.find(({ family, internal }) => family === 'IPv4' && !internal)
  return outside?.address ?? '127.0.0.1'
}

/** The user id of `nobody`, which owns nothing. */
export const nobody = 65_534

/** Ends the check when `nobody` may not even read the command. */
export function needReadable(cwd: string): void {
  const { status } = spawnSync('test', ['-x', cwd], { uid: nobody, gid: nobody, cwd: '/' })
  if (status === 0) return
  throw new Decided(notApplicable(`another user may not enter ${cwd}`))
}
