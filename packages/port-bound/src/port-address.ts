import { MooringError } from '@mooring/core'
import { parsePort, portHolder } from './port.ts'

/** A TCP port to listen on, as the environment says it. */
export interface PortAddress {
  readonly kind: 'port'
  readonly port: number
  /** Whether PORT was set: then no other port may stand in for it. */
  readonly explicit: boolean
  /** `undefined` is every interface: `::` dual-stack, `0.0.0.0` where there is no IPv6. */
  readonly host: string | undefined
  /** The variables that say so, for errors. */
  readonly variables: { readonly port: string; readonly host: string }
}

/** Where a server listens. */
export interface BoundPort {
  /** Where a person reaches it. */
  readonly url: string
  /** `undefined` on a Unix socket. */
  readonly port: number | undefined
  readonly host: string | undefined
}

/** Ports to try after the default one in development. */
const portsToTry = 20

/** A port that a predecessor is just leaving is tried this often before it counts as taken. */
const attempts = 5
const attemptEveryMs = 500

/**
 * Reads `PORT` and `HOST`. Without them: 8080 on every interface, in development 5000 on localhost.
 *
 * @throws MOORING_E_PORT, MOORING_E_HOST
 */
export function readPortAddress(env: NodeJS.ProcessEnv, development: boolean): PortAddress {
  const { PORT, HOST } = env
  checkHost('HOST', HOST)
  return {
    kind: 'port',
    port: PORT === undefined ? (development ? 5000 : 8080) : parsePort('PORT', PORT),
    explicit: PORT !== undefined,
    host: HOST ?? (development ? 'localhost' : undefined),
    variables: { port: 'PORT', host: 'HOST' },
  }
}

/**
 * What can be no host is told before anything is asked to resolve it.
 *
 * @throws MOORING_E_HOST
 */
export function checkHost(variable: string, host: string | undefined): void {
  if (host !== undefined && !/^[\w.:%-]+$/.test(host)) throw badHost(variable, host)
}

/** @param host what was asked for, `undefined` for every interface */
export function describeBound(
  bound: { readonly address: string; readonly port: number },
  host: string | undefined,
): BoundPort {
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
  { port: first, explicit, host, variables }: PortAddress,
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

async function explain(
  error: NodeJS.ErrnoException,
  port: number,
  host: string | undefined,
  variables: PortAddress['variables'],
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
function urlOf(
  bound: { readonly address: string; readonly port: number },
  host: string | undefined,
): string {
  const everywhere = host === undefined || bound.address === '::' || bound.address === '0.0.0.0'
  const name = everywhere || host === 'localhost' ? 'localhost' : bound.address
  return `http://${name.includes(':') ? `[${name}]` : name}:${bound.port}`
}
