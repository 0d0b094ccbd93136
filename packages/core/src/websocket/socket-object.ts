import type { Context } from 'hono'
import type { WebSocketTerms } from '../adapter/web-socket.ts'
import { objectLines } from '../object-lines.ts'
import { configError, type Problem } from '../problem.ts'

/** The part of a Durable Object namespace that is used, declared by its shape. */
interface Namespace {
  newUniqueId(): unknown
  idFromName(name: string): unknown
  get(id: unknown): { fetch(url: string, init?: RequestInit): Promise<Response> }
}

/** What is known of a socket apart from its handlers. */
export interface KeptWebSocket {
  readonly name: string
  readonly url: string
  readonly protocol: string | undefined
  /** As JSON. */
  readonly state: string
  /** The last message of its topic that was handled; before, the one after which it begins. */
  readonly after?: string
}

/** The binding of the objects in which sockets live. */
const binding = 'WEB_SOCKETS'

/** The header by which an object is told what it is to keep: JSON of ASCII alone. */
export const keptHeader = 'mooring-web-socket'

/** Looks whether a Worker has the objects in which sockets with a declared state live. */
export function objectProblem(env: Readonly<Record<string, unknown>>): Problem | undefined {
  const namespace = env[binding] as Namespace | undefined
  if (typeof namespace?.newUniqueId === 'function') return undefined
  const value = namespace === undefined ? 'not bound' : 'bound to something else'
  const needs = 'A WebSocket with a declared state lives in a Durable Object.'
  const expected = `${needs}\n${objectLines(binding, 'WebSocketObject')}`
  return { name: binding, value, expected }
}

/**
 * Over how many objects the sockets that one topic feeds are spread, on each continent: so many calls
 * it takes to tell them all, and a call takes a request. The runtime lets an object have 32,768.
 */
const objectsOfTopic = 32

/** The name of an object for one of many sockets: near to its client, as the first one is. */
function sharedObject(c: Context, route: string): string {
  const { cf } = c.req.raw as Request & { readonly cf?: { readonly continent?: string } }
  const index = Math.floor(Math.random() * objectsOfTopic)
  return [route, cf?.continent ?? '', index].join(':')
}

/**
 * Hands a handshake to an object, in which the socket then lives: one of its own, or where a topic
 * feeds it one that it shares with others of its route.
 *
 * @throws MOORING_E_CONFIG where the Worker has none
 */
export async function acceptInObject(
  c: Context,
  { headers }: WebSocketTerms,
  kept: KeptWebSocket,
  isFed: boolean,
): Promise<Response> {
  const env = c.env as Readonly<Record<string, unknown>>
  const problem = objectProblem(env)
  if (problem) throw configError('The app', [problem])
  const namespace = env[binding] as Namespace
  const object = namespace.get(
    isFed ? namespace.idFromName(sharedObject(c, kept.name)) : namespace.newUniqueId(),
  )
  const text = JSON.stringify(kept).replace(
    /[^ -~]/g,
    (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`,
  )
  const asked = { Upgrade: 'websocket', [keptHeader]: text }
  const response = await object.fetch('http://web-socket/', { headers: asked })
  const { webSocket, status } = response as Response & { readonly webSocket?: object | null }
  if (!webSocket) throw new Error(`The object of a WebSocket answered ${status}`)
  return new Response(null, { status: 101, headers, webSocket } as ResponseInit)
}
