import type { RequestListener } from 'node:http'
import { getRequestListener, type HttpBindings, RequestError } from '@hono/node-server'
import type { Logger } from '@mooring/core'
import type { FetchHandler } from '@mooring/core/adapter'
import {
  type BackgroundWork,
  expectResponses,
  type Forwarding,
  logHandlerErrors,
  type StaticFiles,
} from '@mooring/port-bound'
import type { Guards } from './guards.ts'
import type { Probes } from './probes.ts'
import type { Reply } from './reply.ts'
import type { Incoming } from './request-body.ts'
import { sendable, useStandardResponse } from './response.ts'
import { refuseIfMalformed } from './strict-request.ts'

export interface ListenerParts {
  readonly handler: FetchHandler
  readonly env: NodeJS.ProcessEnv
  readonly executionCtx: BackgroundWork['executionCtx']
  readonly probes: Probes
  readonly staticFiles: StaticFiles | undefined
  readonly guards: Guards
  /** `undefined` where no proxy is trusted. */
  readonly forwarding: Forwarding | undefined
  readonly log: Logger
}

/**
 * From Node's request to the app and back. The app's `env` holds the environment variables, as a
 * Worker's does, and Node's own `incoming` and `outgoing`, as Hono's Node adapter does.
 */
export function createListener(
  parts: ListenerParts,
): RequestListener<typeof Incoming, typeof Reply> {
  const { env, executionCtx, probes, staticFiles, forwarding, log } = parts
  const { connection, app, shed = (next) => next } = parts.guards
  const handler = expectResponses(parts.handler)
  logHandlerErrors(handler, log)
  const Bindings = bindingsClass(env)
  const handle = (request: Request, { incoming, outgoing }: HttpBindings) => {
    const response = handler.fetch(request, new Bindings(incoming, outgoing), executionCtx)
    return response instanceof Promise ? response.then(sendable) : sendable(response)
  }
  const fetch = staticFiles
    ? (request: Request, bindings: HttpBindings) =>
        staticFiles(request) ?? handle(request, bindings)
    : handle
  const errorHandler = (error: unknown) => {
    // A target that no URL can be made of: the handler was never asked.
    if (error instanceof RequestError) {
      return new Response('400 Bad Request: an invalid request target\n', { status: 400 })
    }
    log.error('the handler threw', { error })
    return new Response('Internal Server Error', { status: 500 })
  }
  const listen = getRequestListener(
    (request, bindings) => fetch(request, bindings as HttpBindings),
    // HTTP/1.0 needs no Host, and the checks of old load balancers send none (RFC 9112 §3.2).
    { errorHandler, hostname: 'localhost' },
  )
  useStandardResponse()
  const ask = shed(forwarding ? listenAs(listen, forwarding) : listen)
  return (incoming, outgoing) => {
    const refusal = refuseIfMalformed(incoming)
    if (refusal) {
      // What comes after a request that cannot be trusted cannot be trusted either: answer closes.
      outgoing.answer(refusal.status, refusal.reason)
      outgoing.finish()
      return
    }
    for (const guard of connection) if (guard(incoming, outgoing)) return
    if (probes.answer(incoming, outgoing) || incoming.refuseLargeBody(outgoing)) return
    for (const guard of app) if (guard(incoming, outgoing)) return
    void ask(incoming, outgoing)
  }
}

/** A literal with `__proto__` would do too, at a hundred times the cost on every request. */
function bindingsClass(env: NodeJS.ProcessEnv) {
  class Bindings {
    readonly incoming: HttpBindings['incoming']
    readonly outgoing: HttpBindings['outgoing']

    constructor(incoming: HttpBindings['incoming'], outgoing: HttpBindings['outgoing']) {
      this.incoming = incoming
      this.outgoing = outgoing
    }
  }
  Object.setPrototypeOf(Bindings.prototype, env)
  return Bindings
}

type Listen = ReturnType<typeof getRequestListener>

/**
 * Gives requests the scheme that a trusted proxy says. The listener reads it, at once, from the
 * socket; one connection of a proxy carries requests of both kinds.
 */
function listenAs(listen: Listen, { isSecure }: Forwarding): Listen {
  return (incoming, outgoing) => {
    const socket = incoming.socket as { encrypted?: boolean }
    const { encrypted = false } = socket
    const secure = isSecure(incoming as Incoming) ?? encrypted
    if (secure === encrypted) return listen(incoming, outgoing)
    // In HTTP/2 it reads the scheme from the request.
    if (incoming.httpVersionMajor === 2) incoming.headers[':scheme'] = 'http'
    socket.encrypted = secure
    const done = listen(incoming, outgoing)
    socket.encrypted = encrypted
    return done
  }
}
