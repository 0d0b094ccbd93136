import { lookup } from 'node:dns/promises'
import { closeSync } from 'node:fs'
import net, { type AddressInfo } from 'node:net'
import { getSystemErrorName } from 'node:util'
import { type BoundPort, describeBound, takePort } from '@mooring/port-bound'
import type { Address } from './address.ts'
import { assertSocketDescriptor } from './inherited.ts'
import { takeSocketPath } from './socket-path.ts'

/** A socket that is bound here, and on which others listen. */
export interface HeldSocket {
  readonly descriptor: number
  /** Where it is bound; `undefined` where somebody else bound it. */
  readonly bound: BoundPort | undefined
  /** Lets go of our copy: the listener closes when the last of the others has let go of theirs. */
  readonly release: () => void
}

/**
 * Binds without listening: connections are refused until the first worker listens, and from then on
 * the kernel queues them for as long as anyone holds the socket.
 *
 * @throws as `bind` does
 */
export async function holdSocket(address: Address, development: boolean): Promise<HeldSocket> {
  if (address.kind === 'inherited') {
    const { descriptor } = address
    assertSocketDescriptor(descriptor)
    return { descriptor, bound: undefined, release: () => closeSync(descriptor) }
  }
  if (address.kind === 'socket') {
    const { path } = address
    const { bound: handle, close } = await takeSocketPath(path, async () => reserve(path))
    const bound = { url: `unix:${path}`, port: undefined, host: undefined }
    return { descriptor: handle.descriptor, bound, release: close }
  }
  const handle = await takePort(address, development, async (port, host) =>
    reserve((await lookup(host)).address, port),
  )
  const bound = describeBound(handle.address, address.host)
  return { descriptor: handle.descriptor, bound, release: handle.close }
}

interface Reserved {
  readonly descriptor: number
  /** Of a path, without meaning. */
  readonly address: AddressInfo
  readonly close: () => void
}

/**
 * What Node's cluster module binds with. `net.BoundSocket` is its public form, where there is one:
 * Node 22 has none.
 */
type CreateServerHandle = (
  address: string,
  port: number,
  addressType: 4 | 6 | -1,
  descriptor: -1,
  flags: 0,
) => { fd: number; getsockname?: (into: object) => number; close: () => void } | number

function reserve(address: string, port = -1): Reserved {
  const { _createServerHandle } = net as unknown as { _createServerHandle: CreateServerHandle }
  const type = port < 0 ? -1 : net.isIPv6(address) ? 6 : 4
  const handle = _createServerHandle(address, port, type, -1, 0)
  if (typeof handle === 'number') throw bindError(handle)
  const bound = {} as AddressInfo
  // libuv tells of EADDRINUSE when the address is asked for, not before.
  const status = handle.getsockname?.(bound) ?? 0
  if (status !== 0) {
    handle.close()
    throw bindError(status)
  }
  return { descriptor: handle.fd, address: bound, close: () => handle.close() }
}

function bindError(status: number): NodeJS.ErrnoException {
  const code = getSystemErrorName(status)
  return Object.assign(new Error(`bind ${code}`), { code, syscall: 'bind' })
}
