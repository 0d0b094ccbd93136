import type { Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { MooringError } from '@mooring/core'
import { closeListener } from './connections.ts'
import { backlog, bindDescriptor, inheritedDescriptor } from './inherited.ts'
import { parsePort, portHolder } from './port.ts'
import { badSetting } from './settings.ts'
import { bindSocketPath } from './socket-path.ts'

/** Where to listen, as the environment says it. */
export type Address =
  | {
      readonly kind: 'port'
      readonly port: number
      /** Whether PORT was set: then no other port may stand in for it. */
      readonly explicit: boolean
      /** `undefined` is every interface: `::` dual-stack, `0.0.0.0` where there is no IPv6. */
      readonly host: string | undefined
      /** The variables that say so, for errors. */
      readonly variables: { readonly port: string; readonly host: string }
    }
  | { readonly kind: 'socket'; readonly path: string }
  | { readonly kind: 'inherited'; readonly descriptor: number }

/** Ports to try after the default one in development. */
const portsToTry = 20

/** A port that a predecessor is just leaving is tried this often before it counts as taken. */
const attempts = 5
const attemptEveryMs = 500

/**
 * Reads where to listen: an inherited descriptor (`LISTEN_FDS`), else `SOCKET_PATH`, else `PORT` and
 * `HOST`. Without any: 8080 on every interface, in development 5000 on localhost.
 *
 * @throws MOORING_E_PORT, MOORING_E_HOST, MOORING_E_LISTEN_FDS
 */
export function readAddress(env: NodeJS.ProcessEnv, development: boolean): Address {
  const { PORT, HOST, SOCKET_PATH } = env
  const descriptor = inheritedDescriptor(env)
  if (descriptor !== undefined) return { kind: 'inherited', descriptor }
  if (SOCKET_PATH) return { kind: 'socket', path: SOCKET_PATH }
  if (HOST !== undefined && !/^[\w.:%-]+$/.test(HOST)) throw badHost('HOST', HOST)
  return {
    kind: 'port',
    port: PORT === undefined ? (development ? 5000 : 8080) : parsePort('PORT', PORT),
    explicit: PORT !== undefined,
    host: HOST ?? (development ? 'localhost' : undefined),
    variables: { port: 'PORT', host: 'HOST' },
  }
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
  if (host !== undefined && !/^[\w.:%-]+$/.test(host)) throw badHost(variables.host, host)
  return { kind: 'port', port, explicit: true, host, variables }
}

/** What was bound. */
export interface Bound {
  /** Where a person reaches it. */
  readonly url: string
  readonly port: number | undefined
  readonly host: string | undefined
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
  else await takePort(address, development, (port, host) => listen(server, port, host))
  const bound = server.address()
  if (bound === null || typeof bound === 'string') {
    return { url: `unix:${bound ?? ''}`, port: undefined, host: undefined, close }
  }
  const host = address.kind === 'port' ? address.host : undefined
  return { ...describeBound(bound, host), close }
}

/** @param host what was asked for, `undefined` for every interface */
export function describeBound(
  bound: AddressInfo,
  host: string | undefined,
): Pick<Bound, 'url' | 'port' | 'host'> {
  return { url: urlOf(bound, host), port: bound.port, host: bound.address }
}

/**
 * Takes the port that was asked for. In development a default port that is taken falls to the next
 * free one; else it is tried again for a while.
 *
 * @param take fails with a system error where it cannot be had
 * @throws MOORING_E_ADDRESS_IN_USE, MOORING_E_ADDRESS_DENIED, MOORING_E_HOST
 */
export async function takePort<Taken>(
  { port: first, explicit, host, variables }: Extract<Address, { kind: 'port' }>,
  development: boolean,
  take: (port: number, host: string) => Promise<Taken>,
): Promise<Taken> {
  const candidates = Array.from(
    { length: development && !explicit ? portsToTry : development ? 1 : attempts },
    (_, index) => (development ? first + index : first),
  )
  for (const [index, port] of candidates.entries()) {
    try {
      return await takeOn(port, host, take)
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException
      const isLast = index === candidates.length - 1
      if (code !== 'EADDRINUSE' || isLast) {
        throw await explain(error as NodeJS.ErrnoException, port, host, variables)
      }
      if (!development) await new Promise((resolve) => setTimeout(resolve, attemptEveryMs))
    }
  }
  throw new Error('there is at least one candidate')
}

async function takeOn<Taken>(
  port: number,
  host: string | undefined,
  take: (port: number, host: string) => Promise<Taken>,
): Promise<Taken> {
  try {
    return await take(port, host ?? '::')
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (host !== undefined || (code !== 'EAFNOSUPPORT' && code !== 'EADDRNOTAVAIL')) throw error
    return await take(port, '0.0.0.0')
  }
}

function listen(server: Server, port: number, host: string): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen({ port, host, backlog }, () => {
      server.off('error', reject)
      resolve()
    })
  })
}

async function explain(
  error: NodeJS.ErrnoException,
  port: number,
  host: string | undefined,
  variables: Extract<Address, { kind: 'port' }>['variables'],
): Promise<Error> {
  const cause = error
  switch (error.code) {
    case 'EADDRINUSE': {
      const holder = await portHolder(port)
      const by = holder ? `process ${holder.pid} (${holder.command})` : 'another process'
      const message = `${variables.port} is ${port}, and ${by} is listening there.`
      const fix = `stop it, or set ${variables.port} to a free port.`
      return new MooringError('MOORING_E_ADDRESS_IN_USE', { message, fix, cause })
    }
    case 'EACCES':
      return new MooringError('MOORING_E_ADDRESS_DENIED', {
        message: `${variables.port} is ${port}, and this user may not bind it.`,
        why: 'Ports below net.ipv4.ip_unprivileged_port_start (1024 by default) are for root.',
        fix: `set ${variables.port} to 1024 or more, or lower that sysctl.`,
        cause,
      })
    case 'EADDRNOTAVAIL':
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
      return badHost(variables.host, host ?? '', cause)
    default:
      return error
  }
}

function badHost(variable: string, host: string, cause?: unknown): MooringError {
  return new MooringError('MOORING_E_HOST', {
    message: `${variable} is ${JSON.stringify(host)}.`,
    why: 'Expected an IP address of this machine, or a name that resolves to one.',
    fix: `unset ${variable} to listen on every interface, or name one of this machine.`,
    cause,
  })
}

/** The URL at which a person reaches what was bound. */
function urlOf(bound: AddressInfo, host: string | undefined): string {
  const everywhere = host === undefined || bound.address === '::' || bound.address === '0.0.0.0'
  const name = everywhere || host === 'localhost' ? 'localhost' : bound.address
  return `http://${name.includes(':') ? `[${name}]` : name}:${bound.port}`
}
