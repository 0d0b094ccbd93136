import type { RequestListener } from 'node:http'
import { getRequestListener, type HttpBindings } from '@hono/node-server'
import type { Logger } from '@mooring/core'
import type { FetchHandler } from '@mooring/core/adapter'
import type { BackgroundWork } from './background.ts'
import type { Probes } from './probes.ts'
import type { Reply } from './reply.ts'
import type { Incoming } from './request-body.ts'
import type { StaticFiles } from './static-files.ts'
import { refuseIfMalformed } from './strict-request.ts'

export interface ListenerParts {
  readonly handler: FetchHandler
  readonly env: NodeJS.ProcessEnv
  readonly executionCtx: BackgroundWork['executionCtx']
  readonly probes: Probes
  readonly staticFiles: StaticFiles | undefined
  readonly log: Logger
}

/**
 * From Node's request to the app and back. The app's `env` holds the environment variables, as a
 * Worker's does, and Node's own `incoming` and `outgoing`, as Hono's Node adapter does.
 */
export function createListener(
  parts: ListenerParts,
): RequestListener<typeof Incoming, typeof Reply> {
  const { handler, env, executionCtx, probes, staticFiles, log } = parts
  const ask = (request: Request, { incoming, outgoing }: HttpBindings) =>
    handler.fetch(request, { __proto__: env, incoming, outgoing }, executionCtx)
  const fetch = staticFiles
    ? (request: Request, bindings: HttpBindings) => staticFiles(request) ?? ask(request, bindings)
    : ask
  const errorHandler = (error: unknown) => {
    log.error('the handler threw', { error })
    return new Response('Internal Server Error', { status: 500 })
  }
  const listen = getRequestListener(
    (request, bindings) => fetch(request, bindings as HttpBindings),
    {
      errorHandler,
    },
  )
  return (incoming, outgoing) => {
    const refusal = refuseIfMalformed(incoming)
    if (refusal) {
      // What comes after a request that cannot be trusted cannot be trusted either: answer closes.
      outgoing.answer(refusal.status, refusal.reason)
      outgoing.finish()
      return
    }
    if (probes.answer(incoming, outgoing) || incoming.refuseLargeBody(outgoing)) return
    void listen(incoming, outgoing)
  }
}
