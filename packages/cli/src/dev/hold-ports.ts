import { parsePort } from '@mooring/port-bound/port'
import type { Report } from './events.ts'
import { createFront, type Front } from './front.ts'
import { bindFront, type PortWish } from './ports.ts'
import type { Targets } from './targets.ts'

/** A port that is held for a side. */
export interface Held {
  /** The side's name. */
  readonly name: string
  readonly folder: string
  readonly url: string
  readonly port: number
  readonly front: Front
}

/** Where the first side is, when nobody says otherwise. */
const defaultPort = 5_000

/**
 * Holds a port for every side: `PORT` or 5000 for the port-bound one, `EDGE_PORT` or the next for
 * the injected one, then the backing services. A default that is taken falls to the next free one.
 *
 * @throws MOORING_E_PORT, MOORING_E_HOST, MOORING_E_ADDRESS_IN_USE, MOORING_E_ADDRESS_DENIED
 */
export async function holdPorts(
  { node, edge, backing }: Targets,
  env: NodeJS.ProcessEnv,
  report: Report,
): Promise<readonly Held[]> {
  const { HOST: host } = env
  const nodePort = node && readPort('PORT', env)
  const edgePort = edge && readPort('EDGE_PORT', env)

  const fronts: Front[] = []

  async function hold(name: string, folder: string, wish: PortWish): Promise<Held> {
    const front = createFront(name)
    fronts.push(front)
    const port = await bindFront(front, wish, host).catch(async (error: unknown) => {
      await Promise.all(fronts.map((each) => each.close()))
      throw error
    })
    if (port !== wish.port && !wish.explicit) {
      const message = `Port ${wish.port} is taken: ${name} is at ${port}.`
      report({ event: 'port-moved', side: name, message, port })
    }
    return { name, folder, port, front, url: `http://${hostOf(host)}:${port}` }
  }

  // What somebody asked for must not be taken by a default that moved.
  const early =
    edge && edgePort !== undefined
      ? await hold('injected', edge.folder, explicit('EDGE_PORT', edgePort))
      : undefined
  const held: Held[] = []
  if (node) {
    const wish = nodePort === undefined ? byDefault(defaultPort) : explicit('PORT', nodePort)
    held.push(await hold('port-bound', node.folder, wish))
  }
  if (early) held.push(early)
  else if (edge) held.push(await hold('injected', edge.folder, byDefault(nextPort(held))))
  for (const { name, node: target } of backing) {
    held.push(await hold(name, target.folder, byDefault(nextPort(held))))
  }
  return held
}

function readPort(variable: string, env: NodeJS.ProcessEnv): number | undefined {
  const value = env[variable]
  return value === undefined ? undefined : parsePort(variable, value)
}

function explicit(variable: string, port: number): PortWish {
  return { variable, port, explicit: true }
}

function byDefault(port: number): PortWish {
  return { port, explicit: false }
}

function nextPort(held: readonly Held[]): number {
  const last = held.at(-1)
  return last ? Math.min(last.port + 1, 65_535) : defaultPort
}

/** What people write for the host. */
function hostOf(host: string | undefined): string {
  if (host === undefined || host === '::' || host === '0.0.0.0') return 'localhost'
  return host.includes(':') ? `[${host}]` : host
}

/** The port that is held for a side. */
export function heldBy(held: readonly Held[], name: string): Held {
  const found = held.find((each) => each.name === name)
  if (!found) throw new Error(`no port is held for ${name}`)
  return found
}
