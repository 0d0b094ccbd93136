import type { Server } from 'node:http'
import {
  badSetting,
  type BoundPort,
  checkHost,
  describeBound,
  parsePort,
  type PortAddress,
  readPortAddress,
  takePort,
} from '@mooring/port-bound'
import { closeListener } from './connections.ts'
import { backlog, bindDescriptor, inheritedDescriptor } from './inherited.ts'
import { bindSocketPath } from './socket-path.ts'

/** Where to listen, as the environment says it. */
export type Address =
  | PortAddress
  | { readonly kind: 'socket'; readonly path: string }
  | { readonly kind: 'inherited'; readonly descriptor: number }

/**
 * Reads where to listen: an inherited descriptor (`LISTEN_FDS`), else `SOCKET_PATH`, else `PORT` and
 * `HOST`. Without any: 8080 on every interface, in development 5000 on localhost.
 *
 * @throws MOORING_E_PORT, MOORING_E_HOST, MOORING_E_LISTEN_FDS
 */
export function readAddress(env: NodeJS.ProcessEnv, development: boolean): Address {
  const { SOCKET_PATH } = env
  const descriptor = inheritedDescriptor(env)
  if (descriptor !== undefined) return { kind: 'inherited', descriptor }
  return SOCKET_PATH ? { kind: 'socket', path: SOCKET_PATH } : readPortAddress(env, development)
}

/**
 * Reads where probes and metrics are answered: `ADMIN_PORT`, and `ADMIN_HOST` or what `HOST` says.
 *
 * @param main what it may not be
 * @returns `undefined` where `ADMIN_PORT` is not set: then nothing is measured
 * @throws MOORING_E_PORT, MOORING_E_HOST, MOORING_E_SETTING
 */
export function readAdminAddress(
  env: NodeJS.ProcessEnv,
  development: boolean,
  main: Address,
): Address | undefined {
  const { ADMIN_PORT, ADMIN_HOST, HOST } = env
  if (ADMIN_PORT === undefined) return undefined
  const port = parsePort('ADMIN_PORT', ADMIN_PORT)
  if (main.kind === 'port' && main.port === port && port !== 0) {
    throw badSetting('ADMIN_PORT', ADMIN_PORT, 'a port of its own: PORT is the same')
  }
  const variables = { port: 'ADMIN_PORT', host: ADMIN_HOST === undefined ? 'HOST' : 'ADMIN_HOST' }
  const host = ADMIN_HOST ?? HOST ?? (development ? 'localhost' : undefined)
  checkHost(variables.host, host)
  return { kind: 'port', port, explicit: true, host, variables }
}

/** What was bound. */
export interface Bound extends BoundPort {
  /** Stops accepting. */
  readonly close: () => void
}

/**
 * Binds.
 *
 * @throws MOORING_E_ADDRESS_IN_USE naming the holder, MOORING_E_ADDRESS_DENIED, MOORING_E_HOST,
 *   MOORING_E_SOCKET_PATH, MOORING_E_LISTEN_FDS
 */
export async function bind(server: Server, address: Address, development: boolean): Promise<Bound> {
  if (address.kind === 'socket') {
    const close = await bindSocketPath(server, address.path)
    return { url: `unix:${address.path}`, port: undefined, host: undefined, close }
  }
  const close = () => closeListener(server)
  if (address.kind === 'inherited') await bindDescriptor(server, address.descriptor)
  else {
    const isEverywhere = address.host === undefined
    // Without a host Node takes every interface as we do, and compiles no pattern of addresses for
    // it, which are 5 ms.
    const take = (port: number, host: string) =>
      listen(server, port, isEverywhere && host === '::' ? undefined : host)
    await takePort(address, development, take)
  }
  const bound = server.address()
  if (bound === null || typeof bound === 'string') {
    return { url: `unix:${bound ?? ''}`, port: undefined, host: undefined, close }
  }
  const host = address.kind === 'port' ? address.host : undefined
  return { ...describeBound(bound, host), close }
}

function listen(server: Server, port: number, host: string | undefined): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen({ port, backlog, ...(host !== undefined && { host }) }, () => {
      server.off('error', reject)
      resolve()
    })
  })
}
