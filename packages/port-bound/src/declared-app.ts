import type { App, FetchHandler, Logger, RequestLimits } from '@mooring/core'
import { type BootedApp, isApp } from '@mooring/core/adapter'
import { readStaticFiles, type StaticFiles, staticFolder } from './static/static-files.ts'

/** An app that was booted, and its static files. */
export interface Booted<Setup> extends Pick<
  BootedApp<FetchHandler, Setup>,
  'handler' | 'context' | 'resources' | 'runSchedule' | 'runConsumer'
> {
  readonly staticFiles: StaticFiles | undefined
  /** The folder that they were read from. */
  readonly folder: string | undefined
}

/** A bare handler says no name. */
export function nameOf(app: App<FetchHandler, any> | FetchHandler): string {
  return isApp(app) ? app.name : 'app'
}

/** What the app declares of requests. */
export function limitsOf(app: App<FetchHandler, any> | FetchHandler): RequestLimits | undefined {
  return isApp(app) ? app.limits : undefined
}

/**
 * Boots what `defineApp` made, or takes a bare handler as it is.
 *
 * @throws MOORING_E_CONFIG
 */
export async function bootApp<Setup>(
  app: App<FetchHandler, Setup> | FetchHandler,
  target: Parameters<App['boot']>[0],
  log: Logger,
): Promise<Booted<Setup>> {
  if (!isApp(app)) {
    const context = { config: {}, resources: {}, log } as Setup
    const none = { resources: [], runSchedule: async () => {}, runConsumer: async () => {} }
    const files = { staticFiles: undefined, folder: undefined }
    return { handler: app, context, ...none, ...files }
  }
  const booted = await app.boot(target)
  const folder = staticFolder(app)
  const staticFiles =
    folder === undefined ? undefined : await readStaticFiles(folder, app.static?.fallback)
  return { ...booted, staticFiles, folder }
}

/** The routes of a Hono app, as one JSON line: of another handler nobody knows them. */
export function describeRoutesAndExit(handler: FetchHandler): never {
  const { routes = [] } = handler as { routes?: readonly { method: string; path: string }[] }
  const told = routes.map(({ method, path }) => ({ method, path }))
  process.stdout.write(`${JSON.stringify({ routes: told })}\n`)
  process.exit(0)
}

/** What tools need to know of an app without starting it, as one JSON line. */
export function describeAndExit(app: App | FetchHandler): never {
  const crons = isApp(app) ? app.crons : {}
  const folder = isApp(app) ? staticFolder(app) : undefined
  const description = { name: nameOf(app), static: folder ?? null, crons }
  process.stdout.write(`${JSON.stringify(description)}\n`)
  process.exit(0)
}

/** What the line says that tells of the start. */
export function describeResources({ resources, folder }: Booted<unknown>): object {
  return {
    resources: resources.map(({ name, kind, target = 'not attached', embedded }) => ({
      name,
      kind,
      target,
      embedded,
    })),
    ...(folder !== undefined && { static: folder }),
  }
}
