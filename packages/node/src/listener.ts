import type { RequestListener } from 'node:http'
import type { Logger } from '@mooring/core'
import { type FetchHandler, logHandlerErrors } from '@mooring/core/adapter'
import {
  type BackgroundWork,
  expectResponses,
  type Forwarding,
  type StaticFiles,
  useFlushingCompression,
} from '@mooring/port-bound'
import type { Guards } from './guards.ts'
import { useLazyFetch } from './fetch/fetch-globals.ts'
import { LazyRequest } from './fetch/fetch-request.ts'
import type { Probes } from './probes.ts'
import type { Reply } from './reply.ts'
import type { Incoming } from './request-body.ts'
import { createUrlOf, InvalidTarget } from './request-url.ts'
import { respond } from './respond.ts'
import { refuseIfMalformed } from './strict-request.ts'
import { discardUnread } from './unread-body.ts'

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
 *
 * It takes the place of that adapter's listener, which it used to be built on: that one has a promise
 * and a handful of closures for each request, reads a body through its stream, and parses the target
 * again. Together they were a seventh of what a small request costs.
 */
export function createListener(
  parts: ListenerParts,
): RequestListener<typeof Incoming, typeof Reply> {
  const { env, executionCtx, probes, staticFiles, forwarding, log } = parts
  const { connection, app, shed = (next) => next } = parts.guards
  useLazyFetch()
  useFlushingCompression()
  const handler = expectResponses(parts.handler)
  logHandlerErrors(parts.handler, log)
  const Bindings = bindingsClass(env)
  const urlOf = createUrlOf(forwarding)
  const handle = (request: Request, incoming: Incoming, outgoing: Reply) =>
    handler.fetch(request, new Bindings(incoming, outgoing), executionCtx)
  const fetch: typeof handle = staticFiles
    ? (request, incoming, outgoing) => staticFiles(request) ?? handle(request, incoming, outgoing)
    : handle
  const fail = (error: unknown, outgoing: Reply) => {
    log.error('the handler threw', { error })
    if (outgoing.headersSent) outgoing.destroy(error as Error)
    else outgoing.send(500, plainText, 'Internal Server Error')
  }
  const answerLater = async (response: Promise<Response>, incoming: Incoming, outgoing: Reply) => {
    try {
      const rest = answer(await response, incoming, outgoing)
      if (rest) await rest
    } catch (error) {
      fail(error, outgoing)
    }
  }

  const ask = shed((incoming, outgoing) => {
    try {
      const request = new LazyRequest(urlOf(incoming), incoming, outgoing) as unknown as Request
      const response = fetch(request, incoming, outgoing)
      // What is there at once is answered at once.
      if (response instanceof Promise) void answerLater(response, incoming, outgoing)
      else answer(response, incoming, outgoing)?.catch((error) => fail(error, outgoing))
    } catch (error) {
      if (error instanceof InvalidTarget) {
        outgoing.send(400, plainText, '400 Bad Request: an invalid request target\n')
      } else fail(error, outgoing)
    }
  })
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
    // What is pipelined begins when the one before is answered: it may rest on what that has done
    // (RFC 9112 §9.3.2).
    if (outgoing.socket === null) outgoing.once('socket', () => ask(incoming, outgoing))
    else ask(incoming, outgoing)
  }
}

const plainText = { 'Content-Type': 'text/plain; charset=UTF-8' }

function answer(response: Response, incoming: Incoming, outgoing: Reply): void | Promise<void> {
  if (!incoming.complete && !incoming.readableEnded) discardUnread(incoming, outgoing)
  return respond(response, outgoing)
}

/** A literal with `__proto__` would do too, at a hundred times the cost on every request. */
function bindingsClass(env: NodeJS.ProcessEnv) {
  class Bindings {
    readonly incoming: Incoming
    readonly outgoing: Reply

    constructor(incoming: Incoming, outgoing: Reply) {
      this.incoming = incoming
      this.outgoing = outgoing
    }
  }
  Object.setPrototypeOf(Bindings.prototype, env)
  return Bindings
}
