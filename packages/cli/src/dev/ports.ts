import { once } from 'node:events'
import type { Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { MooringError } from '@mooring/core'
import { portHolder } from '@mooring/port-bound/port'
import type { Front } from './front.ts'

/** Which port a side is to have. */
export interface PortWish {
  /** The variable that changes it, for errors; a backing service has none. */
  readonly variable?: string
  readonly port: number
  /** Whether somebody asked for just this port: then no other may stand in for it. */
  readonly explicit: boolean
}

/** Ports to try after a default one that is taken. */
const portsToTry = 50

/** `localhost` is both, and which one a client takes first is its own choice. */
const localAddresses: readonly string[] = ['127.0.0.1', '::1']

/**
 * Binds a front. A default port that is taken falls to the next free one.
 *
 * @param host `undefined` is localhost, IPv4 and IPv6
 * @returns the port it got
 * @throws MOORING_E_ADDRESS_IN_USE naming the holder, MOORING_E_ADDRESS_DENIED, MOORING_E_HOST
 */
export async function bindFront(
  front: Front,
  { variable = 'PORT', port: wished, explicit }: PortWish,
  host: string | undefined,
): Promise<number> {
  const last = explicit ? wished : Math.min(wished + portsToTry, 65_535)
  for (let port = wished; ; port++) {
    try {
      return await bindAll(front, port, host === undefined ? localAddresses : [host])
    } catch (error) {
      const taken = (error as NodeJS.ErrnoException).code === 'EADDRINUSE'
      // Port 0 is any free port of one address, which may be taken on the other.
      if (taken && wished === 0) port = -1
      else if (!taken || port >= last) throw await explain(error, variable, port, host)
    }
  }
}

/** Binds all addresses or none. A machine without IPv6 has no `::1`. */
async function bindAll(front: Front, wished: number, hosts: readonly string[]): Promise<number> {
  const bound: Server[] = []
  let port = wished
  try {
    for (const host of hosts) {
      const server = front.createServer()
      try {
        server.listen({ port, host, exclusive: true })
        await once(server, 'listening')
      } catch (error) {
        const { code } = error as NodeJS.ErrnoException
        const noIPv6 = bound.length > 0 && (code === 'EADDRNOTAVAIL' || code === 'EAFNOSUPPORT')
        if (!noIPv6) throw error
        continue
      }
      bound.push(server)
      port = (server.address() as AddressInfo).port
    }
    return port
  } catch (error) {
    await Promise.all(bound.map((server) => new Promise((resolve) => server.close(resolve))))
    throw error
  }
}

async function explain(
  thrown: unknown,
  variable: string,
  port: number,
  host: string | undefined,
): Promise<unknown> {
  const cause = thrown as NodeJS.ErrnoException
  switch (cause.code) {
    case 'EADDRINUSE': {
      const holder = await portHolder(port)
      if (holder?.pid === process.pid) {
        return new MooringError('MOORING_E_ADDRESS_IN_USE', {
          message: `${variable} is ${port}, and another side of this command has that port.`,
          fix: 'give PORT and EDGE_PORT different ports.',
          cause,
        })
      }
      const by = `${holder ? `process ${holder.pid} (${holder.command})` : 'another process'} is listening there`
      return new MooringError('MOORING_E_ADDRESS_IN_USE', {
        message: `${variable} is ${port}, and ${by}.`,
        fix: `stop it, or set ${variable} to a free port.`,
        cause,
      })
    }
    case 'EACCES':
      return new MooringError('MOORING_E_ADDRESS_DENIED', {
        message: `${variable} is ${port}, and this user may not bind it.`,
        why: 'Ports below net.ipv4.ip_unprivileged_port_start (1024 by default) are for root.',
        fix: `set ${variable} to 1024 or more.`,
        cause,
      })
    case 'EADDRNOTAVAIL':
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
      return new MooringError('MOORING_E_HOST', {
        message: `HOST is ${JSON.stringify(host)}.`,
        why: 'Expected an IP address of this machine, or a name that resolves to one.',
        fix: 'unset HOST to serve on localhost.',
        cause,
      })
    default:
      return cause
  }
}
