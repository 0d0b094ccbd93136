import type { Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { MooringError } from '@mooring/core'
import { parsePort, portHolder } from './port.ts'

/** Where to listen, as the environment says it. */
export interface Address {
  readonly port: number
  /** Whether PORT was set: then no other port may stand in for it. */
  readonly explicit: boolean
  /** `undefined` is every interface: `::` dual-stack, `0.0.0.0` where there is no IPv6. */
  readonly host: string | undefined
}

/** Ports to try after the default one in development. */
const portsToTry = 20

/**
 * Reads `PORT` and `HOST`. Without them: 8080 on every interface, in development 5000 on localhost.
 *
 * @throws MOORING_E_PORT, MOORING_E_HOST
 */
export function readAddress(env: NodeJS.ProcessEnv, development: boolean): Address {
  const { PORT, HOST } = env
  if (HOST !== undefined && !/^[\w.:%-]+$/.test(HOST)) throw badHost(HOST)
  return {
    port: PORT === undefined ? (development ? 5000 : 8080) : parsePort('PORT', PORT),
    explicit: PORT !== undefined,
    host: HOST ?? (development ? 'localhost' : undefined),
  }
}

/**
 * Binds. In development a default port that is taken falls to the next free one.
 *
 * @returns what was bound
 * @throws MOORING_E_ADDRESS_IN_USE naming the holder, MOORING_E_ADDRESS_DENIED, MOORING_E_HOST
 */
export async function bind(
  server: Server,
  address: Address,
  development: boolean,
): Promise<AddressInfo> {
  const last = address.explicit || !development ? address.port : address.port + portsToTry
  for (let port = address.port; ; port++) {
    try {
      await listenOn(server, port, address.host)
      return server.address() as AddressInfo
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'EADDRINUSE' && port < last) continue
      throw await explain(error as NodeJS.ErrnoException, port, address.host)
    }
  }
}

async function listenOn(server: Server, port: number, host: string | undefined): Promise<void> {
  try {
    await listenOnce(server, port, host ?? '::')
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (host !== undefined || (code !== 'EAFNOSUPPORT' && code !== 'EADDRNOTAVAIL')) throw error
    await listenOnce(server, port, '0.0.0.0')
  }
}

function listenOnce(server: Server, port: number, host: string): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    // The kernel caps the backlog at net.core.somaxconn; Node's own default of 511 is below it.
    server.listen({ port, host, backlog: 4096 }, () => {
      server.off('error', reject)
      resolve()
    })
  })
}

async function explain(
  error: NodeJS.ErrnoException,
  port: number,
  host: string | undefined,
): Promise<Error> {
  const cause = error
  switch (error.code) {
    case 'EADDRINUSE': {
      const holder = await portHolder(port)
      const by = holder ? `process ${holder.pid} (${holder.command})` : 'another process'
      const message = `PORT is ${port}, and ${by} is listening there.`
      const fix = `stop it, or set PORT to a free port.`
      return new MooringError('MOORING_E_ADDRESS_IN_USE', { message, fix, cause })
    }
    case 'EACCES':
      return new MooringError('MOORING_E_ADDRESS_DENIED', {
        message: `PORT is ${port}, and this user may not bind it.`,
        why: 'Ports below net.ipv4.ip_unprivileged_port_start (1024 by default) are for root.',
        fix: 'set PORT to 1024 or more, or lower that sysctl.',
        cause,
      })
    case 'EADDRNOTAVAIL':
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
      return badHost(host ?? '', cause)
    default:
      return error
  }
}

function badHost(host: string, cause?: unknown): MooringError {
  return new MooringError('MOORING_E_HOST', {
    message: `HOST is ${JSON.stringify(host)}.`,
    why: 'Expected an IP address of this machine, or a name that resolves to one.',
    fix: 'unset HOST to listen on every interface, or name one of this machine.',
    cause,
  })
}

/** The URL at which a person reaches what was bound. */
export function urlOf(bound: AddressInfo, host: string | undefined): string {
  const everywhere = host === undefined || bound.address === '::' || bound.address === '0.0.0.0'
  const name = everywhere || host === 'localhost' ? 'localhost' : bound.address
  return `http://${name.includes(':') ? `[${name}]` : name}:${bound.port}`
}
