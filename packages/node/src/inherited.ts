import type { Server } from 'node:http'
import { fstatSync } from 'node:fs'
import { MooringError } from '@mooring/core'

/**
 * How many connections may wait to be accepted. The kernel caps it at net.core.somaxconn; Node's own
 * default of 511 is below that.
 */
export const backlog = 4096

/** sd_listen_fds(3): the first descriptor that is handed over. */
const firstDescriptor = 3

/**
 * The listening descriptor that a parent handed over (systemd's socket activation): one, or of
 * several the one that `LISTEN_FDNAMES` calls `http`. `LISTEN_PID` names the process it is meant
 * for; another process, such as a child that inherited the variables, ignores them.
 *
 * @throws MOORING_E_LISTEN_FDS
 */
export function inheritedDescriptor(env: NodeJS.ProcessEnv): number | undefined {
  const { LISTEN_FDS, LISTEN_FDNAMES, LISTEN_PID } = env
  if (LISTEN_FDS === undefined) return undefined
  if (LISTEN_PID !== undefined && LISTEN_PID !== String(process.pid)) return undefined
  const count = /^\d{1,4}$/.test(LISTEN_FDS) ? Number(LISTEN_FDS) : 0
  const names = LISTEN_FDNAMES?.split(':') ?? []
  const index = count === 1 ? 0 : names.indexOf('http')
  if (count >= 1 && index >= 0 && index < count) return firstDescriptor + index
  throw badDescriptor(
    `LISTEN_FDS is ${JSON.stringify(LISTEN_FDS)}, LISTEN_FDNAMES ${JSON.stringify(LISTEN_FDNAMES)}.`,
  )
}

/**
 * Accepts on a socket that somebody else bound.
 *
 * @throws MOORING_E_LISTEN_FDS, MOORING_E_ADDRESS_IN_USE
 */
export async function bindDescriptor(server: Server, descriptor: number): Promise<void> {
  assertSocketDescriptor(descriptor)
  try {
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject)
      // The backlog of the options is not read where there is a descriptor.
      server.listen({ fd: descriptor }, backlog, () => {
        server.off('error', reject)
        resolve()
      })
    })
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code !== 'EADDRINUSE') throw notASocket(descriptor, cause)
    // Linux lets several bind as long as none listens: the first to listen has it.
    throw new MooringError('MOORING_E_ADDRESS_IN_USE', {
      message: 'Another process has begun to listen at the address that was bound for this one.',
      fix: 'stop it, or set PORT to a free port.',
      cause,
    })
  }
}

/** @throws MOORING_E_LISTEN_FDS */
export function assertSocketDescriptor(descriptor: number): void {
  let isSocket: boolean
  try {
    isSocket = fstatSync(descriptor).isSocket()
  } catch (cause) {
    throw notASocket(descriptor, cause)
  }
  if (!isSocket) throw notASocket(descriptor)
}

function notASocket(descriptor: number, cause?: unknown): MooringError {
  const message = `LISTEN_FDS hands over descriptor ${descriptor}, no listening socket.`
  return badDescriptor(message, cause)
}

function badDescriptor(message: string, cause?: unknown): MooringError {
  return new MooringError('MOORING_E_LISTEN_FDS', {
    message,
    why: 'Expected one listening stream socket, or several of which LISTEN_FDNAMES calls one "http".',
    fix: 'correct the .socket unit (FileDescriptorName=http), or unset LISTEN_FDS.',
    cause,
  })
}
