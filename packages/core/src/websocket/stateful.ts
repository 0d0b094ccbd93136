import type { Context } from 'hono'
import type { WebSocketTerms } from '../adapter/web-socket.ts'
import { declareNeed } from '../adapter/needs.ts'
import { MooringError } from '../errors.ts'
import type { Topic, TopicEvent } from '../resources/topic-handle.ts'
import type { Feed } from '../topics/topic-followers.ts'
import type { WebSocketContext, WebSocketEvents } from './events.ts'
import { feedFrom, type FeedPlace } from './feed.ts'
import { isTaken } from './names.ts'
import { isThenable, runSession, type SessionParts } from './session.ts'
import { acceptInObject, objectProblem, type KeptWebSocket } from './socket-object.ts'
import { stateText } from './state.ts'

/** What the handlers of a WebSocket with a declared state get. */
export interface StatefulWebSocketContext<State, Raw = unknown> extends WebSocketContext<Raw> {
  /** A copy of what the handler before left here. What this one leaves is kept when it is done. */
  state: State
}

/**
 * A WebSocket whose handlers keep nothing but a declared state, and do not see the request. So its
 * handlers need not stay in memory: on Workers it lives in a Durable Object that hibernates while
 * nothing comes, with the connection open. Everything else is as with {@link WebSocketEvents}.
 */
export interface StatefulWebSocket<State, Raw = unknown> {
  /** Which handlers a socket belongs to that outlived them: one of its own for each route. */
  readonly name: string
  /**
   * Makes the state at the handshake: plain data (what JSON gives back as it was), at most 2 KiB.
   * It is called once for each socket, and is where the request is seen.
   */
  readonly state: (c: Context) => State | Promise<State>
  onOpen?(event: Event, ws: StatefulWebSocketContext<State, Raw>): unknown
  onMessage?(
    event: MessageEvent<string | ArrayBuffer>,
    ws: StatefulWebSocketContext<State, Raw>,
  ): unknown
  onClose?(event: CloseEvent, ws: StatefulWebSocketContext<State, Raw>): unknown
  onError?(
    event: Event & { readonly message: string },
    ws: StatefulWebSocketContext<State, Raw>,
  ): unknown
  /**
   * Feeds each socket of this route: from `onOpen` on `onTopicEvent` gets what is published. On
   * Workers that wakes a socket that hibernates.
   */
  readonly topic?: Topic | undefined
  /** Goes on after this message of the topic: what a client that comes back had last. @default from now on */
  readonly after?: (c: Context) => string | undefined
  /**
   * A message of the topic, or that some were missed. The next one comes when the promise of this
   * one has settled; one that came when its object was lost meanwhile may come again.
   */
  onTopicEvent?(event: TopicEvent, ws: StatefulWebSocketContext<State, Raw>): unknown
}

type Limits = Pick<SessionParts, 'maxMessageBytes' | 'maxBufferedBytes'>

/** A route as it was declared. */
interface DeclaredWebSocket extends Limits {
  readonly route: StatefulWebSocket<any>
}

/** What `stateful` makes, for `upgradeWebSocket`. */
export interface DeclaredState {
  /** @throws MOORING_E_WEBSOCKET */
  readonly declare: (limits: Limits) => StatefulRoute
}

/** What a route does for its sockets: apart, so that it is in no bundle whose sockets have no state. */
interface StatefulRoute {
  /** @see keptFrom */
  readonly keptFrom: (
    c: Context,
    protocol: string | undefined,
    isMoved: boolean,
  ) => Promise<KeptWebSocket | Response>
  /** @see acceptInObject */
  readonly acceptInObject: (
    c: Context,
    terms: WebSocketTerms,
    kept: KeptWebSocket,
  ) => Promise<Response>
  readonly run: (kept: KeptWebSocket, parts: StatefulParts) => void
}

/**
 * Declares a WebSocket's state, which is all that its handlers keep: on Workers it hibernates while
 * nothing comes, and costs nothing then. A `topic` of its feeds it, also while it hibernates.
 *
 * @example
 * app.get('/count', upgradeWebSocket(stateful({
 *   name: 'count',
 *   state: () => ({ messages: 0 }),
 *   onMessage: (_event, ws) => ws.send(String((ws.state.messages += 1))),
 * })))
 */
export function stateful<State, Raw = unknown>(
  route: StatefulWebSocket<State, Raw>,
): DeclaredState {
  return {
    declare(limits) {
      const made = declareStateful(route, limits)
      return {
        keptFrom: (c, protocol, isMoved) => keptFrom(c, route, protocol, isMoved),
        acceptInObject: (c, terms, kept) =>
          acceptInObject(c, terms, kept, route.topic !== undefined),
        run: (kept, parts) => void runStateful(made, kept, parts),
      }
    },
  }
}

/** By name: a socket that outlived its handlers finds them here. */
const declared = new Map<string, DeclaredWebSocket>()

/** A name is in the message of each error, and kept with each socket. */
const mostNameLength = 100

/** Workers keep the URL with the socket, beside its state. */
const mostUrlLength = 7_000

/** No topic has a longer id: what begins so is none of its own. */
const mostIdLength = 100

/** @throws MOORING_E_WEBSOCKET where the name cannot be one, or is another route's */
function declareStateful(route: StatefulWebSocket<any>, limits: Limits): DeclaredWebSocket {
  const { name } = route
  if (typeof name !== 'string' || name === '' || name.length > mostNameLength) {
    throw new MooringError('MOORING_E_WEBSOCKET', {
      message: `name of upgradeWebSocket is ${JSON.stringify(name)}.`,
      why: `Expected a text of 1–${mostNameLength} characters.`,
      fix: "name the route's sockets: { name: 'chat', state: …, onMessage: … }.",
    })
  }
  if (route.topic && !route.onTopicEvent) {
    throw new MooringError('MOORING_E_WEBSOCKET', {
      message: `The sockets of "${name}" have a topic, and no onTopicEvent.`,
      why: 'What is published would go nowhere.',
      fix: "send it: onTopicEvent: (event, ws) => event.type === 'message' && ws.send(event.text).",
    })
  }
  if (isTaken(name)) throw takenTwice(name)
  if (declared.size === 0) declareNeed(objectProblem)
  const made = { route, ...limits }
  declared.set(name, made)
  return made
}

/** @throws MOORING_E_WEBSOCKET where no route has the name */
export function declaredAs(name: string): DeclaredWebSocket {
  const found = declared.get(name)
  if (found) return found
  throw new MooringError('MOORING_E_WEBSOCKET', {
    message: `A WebSocket is of "${name}", and no route has that name.`,
    why: 'Its handlers are looked up by name where it was kept without them.',
    fix: 'call upgradeWebSocket where the app is wired (in setup), not in a handler.',
  })
}

function takenTwice(name: string): MooringError {
  return new MooringError('MOORING_E_WEBSOCKET', {
    message: `Two routes name their WebSockets "${name}".`,
    why: 'The name tells which handlers a socket has that outlived them.',
    fix: 'give each call of upgradeWebSocket a name of its own.',
  })
}

/**
 * Makes the state of a new socket.
 *
 * @param isMoved whether it will be somewhere else than its handlers
 * @returns what to keep, or the answer to a request that cannot have one
 * @throws MOORING_E_WEBSOCKET where the state cannot be kept, or the handlers not be found again
 */
async function keptFrom(
  c: Context,
  route: StatefulWebSocket<any>,
  protocol: string | undefined,
  isMoved: boolean,
): Promise<KeptWebSocket | Response> {
  const { name } = route
  const { url } = c.req
  if (url.length > mostUrlLength) return c.text('414 URI Too Long\n', 414)
  if (isMoved && declaredAs(name).route !== route) throw takenTwice(name)
  const after = route.after?.(c)?.slice(0, mostIdLength)
  const state = stateText(name, await route.state(c))
  return { name, url, protocol, state, ...(after !== undefined && { after }) }
}

/** What a socket with a declared state needs to run, wherever that is. */
export interface StatefulParts
  extends FeedPlace, Pick<SessionParts, 'socket' | 'log' | 'waitUntil'> {
  /** Is given what is to be kept, whenever a handler has changed it. */
  readonly keep?: (changed: Partial<Pick<KeptWebSocket, 'state' | 'after'>>) => void
}

/** A socket that runs. */
export interface StatefulSession {
  /** Takes what the object is told by the topic of the route; not there where it has none. */
  readonly take?: Feed['take']
}

export function runStateful(
  { route, maxMessageBytes, maxBufferedBytes }: DeclaredWebSocket,
  kept: KeptWebSocket,
  parts: StatefulParts,
): StatefulSession {
  const { url, protocol, after } = kept
  const { topic } = route
  const run = withState(route, kept.state, (state) => parts.keep?.({ state }))
  const fail = (error: unknown) => {
    void session.handle(() => {
      throw error
    })
  }
  const keep = (place: string) => parts.keep?.({ after: place })
  const feed = topic && feedFrom(topic, after, { receive, fail, keep }, parts)

  async function receive(event: TopicEvent): Promise<void> {
    await session.handle((ws) => run(route.onTopicEvent, event, ws))
    if (event.type === 'message') keep(event.id)
  }

  const events: WebSocketEvents<any> = {
    onOpen: feed
      ? async (event, ws) => {
          await feed.begin()
          await run(route.onOpen, event, ws)
        }
      : (event, ws) => run(route.onOpen, event, ws),
    onMessage: (event, ws) => run(route.onMessage, event, ws),
    onError: (event, ws) => run(route.onError, event, ws),
    onClose: (event, ws) => {
      feed?.end()
      return run(route.onClose, event, ws)
    },
  }
  const session = runSession({ ...parts, events, url, protocol, maxMessageBytes, maxBufferedBytes })
  return { take: feed?.take }
}

/** Calls a handler with the event, the socket and a copy of the state. */
type Run = <Of>(
  handler: ((event: Of, ws: StatefulWebSocketContext<any>) => unknown) | undefined,
  event: Of,
  ws: WebSocketContext,
) => unknown

/** The state is kept as text between its handlers. */
function withState(
  route: StatefulWebSocket<any>,
  begin: string,
  keep: (state: string) => void,
): Run {
  let text = begin

  return function run(handler, event, ws) {
    if (!handler) return undefined
    const context = Object.assign(ws, { state: JSON.parse(text) as unknown })
    const keepRest = () => {
      const left = stateText(route.name, context.state)
      if (left === text) return
      text = left
      keep(text)
    }
    const result = handler.call(route, event, context)
    return isThenable(result) ? result.then(keepRest) : keepRest()
  }
}
