import { chmodSync, lstatSync, type Stats, unlinkSync } from 'node:fs'
import type { Server } from 'node:http'
import { connect } from 'node:net'
import { MooringError } from '@mooring/core'
import { closeListener } from './connections.ts'

/** A proxy of the same group may connect, nobody else. */
const mode = 0o660

/**
 * Listens on a Unix socket.
 *
 * @returns what closes the listener
 * @throws MOORING_E_SOCKET_PATH
 */
export async function bindSocketPath(server: Server, path: string): Promise<() => void> {
  const { close } = await takeSocketPath(path, async () => {
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject)
      server.listen(path, () => {
        server.off('error', reject)
        resolve()
      })
    })
    return { close: () => closeListener(server) }
  })
  return close
}

/**
 * Takes the path of a Unix socket. One that a dead process left is replaced; one that answers, and
 * anything that is no socket, is refused.
 *
 * @param bind makes the socket before it first waits for anything
 * @returns what was bound, and what closes it. The path is unlinked only while it is still ours: a
 *   successor may have put its own socket there
 * @throws MOORING_E_SOCKET_PATH
 */
export async function takeSocketPath<Taken extends { readonly close: () => void }>(
  path: string,
  bind: () => Promise<Taken>,
): Promise<{ readonly bound: Taken; readonly close: () => void }> {
  const existing = statOrRefuse(path)
  if (existing && !existing.isSocket()) throw refused(path, 'a file that is no socket is there')
  if (existing) {
    if (await answers(path)) throw refused(path, 'another process is listening there')
    unlinkSync(path)
  }
  // libuv makes the socket during this call: with the mask it is never open to others.
  const umask = process.umask(0o777 & ~mode)
  const binding = bind()
  process.umask(umask)
  const bound = await binding.catch((cause: Error) => {
    throw refused(path, cause.message, cause)
  })
  chmodSync(path, mode)
  const own = statOf(path)
  const close = () => {
    // libuv unlinks the path when it closes, whoever's socket is there by then.
    if (own && statOf(path)?.ino === own.ino) bound.close()
  }
  return { bound, close }
}

/** @throws MOORING_E_SOCKET_PATH where the path leads through something that is no folder */
function statOrRefuse(path: string): Stats | undefined {
  try {
    return statOf(path)
  } catch (cause) {
    throw refused(path, (cause as Error).message, cause)
  }
}

function statOf(path: string): Stats | undefined {
  return lstatSync(path, { throwIfNoEntry: false })
}

/** Whether a process accepts there. */
function answers(path: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(path)
    socket.once('connect', () => {
      socket.destroy()
      resolve(true)
    })
    // Refused is the sign of a dead one; anything else (no permission) leaves it alone.
    socket.once('error', (error: NodeJS.ErrnoException) => resolve(error.code !== 'ECONNREFUSED'))
  })
}

function refused(path: string, why: string, cause?: unknown): MooringError {
  return new MooringError('MOORING_E_SOCKET_PATH', {
    message: `SOCKET_PATH is ${JSON.stringify(path)}, which cannot be bound.`,
    why: `${why[0]!.toUpperCase()}${why.slice(1)}.`,
    fix: 'name a path in a folder that this user may write, or unset SOCKET_PATH to use PORT.',
    cause,
  })
}
