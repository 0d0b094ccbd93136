import path from 'node:path'
import type { Message as BuildMessage } from 'esbuild'
import type { unstable_DevEnv, Unstable_Config } from 'wrangler'
import { withAbsoluteFiles } from '../../format-messages.ts'
import { loadWrangler } from './cloudflare-tools.ts'
import { configMistakes, missingMain, parseMistake, type ParseLocation } from './config-mistakes.ts'
import { exportLine } from './object-check.ts'
import type { EdgeFailure } from './protocol.ts'
import { type BundleMap, readBundleMap } from './source-map.ts'

type DevEnv = InstanceType<typeof unstable_DevEnv>
type Controllers = NonNullable<ConstructorParameters<typeof unstable_DevEnv>[0]>
type RuntimeController = ReturnType<NonNullable<Controllers['runtimeFactories']>[number]>
type ProxyController = ReturnType<NonNullable<Controllers['proxyFactory']>>

type BundleEvent = Parameters<RuntimeController['onBundleComplete']>[0]

/** One Worker as Wrangler bundles it. */
export interface BundledWorker extends Pick<BundleEvent, 'config' | 'bundle'> {
  /** The configuration that was read for it. */
  readonly wranglerConfig: Unstable_Config
  readonly map: BundleMap | undefined
}

/** Bundles one Worker with Wrangler's own configuration and bundler. */
export interface EdgeBundler {
  readonly configPath: string
  /** @throws BundleError */
  readonly build: () => Promise<BundledWorker>
  /** What the last build made; `undefined` where it failed. */
  readonly last: () => BundledWorker | undefined
  /** Files read by the last build that succeeded. */
  readonly inputs: () => readonly string[]
  readonly close: () => Promise<void>
}

/** The bundle cannot be made; what it says is for the author of the Worker. */
export class BundleError extends Error {
  readonly failure: EdgeFailure

  constructor(failure: EdgeFailure) {
    super(failure.text)
    this.failure = failure
  }
}

/**
 * Wrangler's development environment without its runtime and its proxy: we run the bundle ourselves,
 * so that a reload waits for requests in flight and a bad version never replaces a good one.
 */
export async function createEdgeBundler(configPath: string): Promise<EdgeBundler> {
  const { unstable_DevEnv: DevEnv } = loadWrangler()
  let settle: ((result: BundleEvent | BundleError) => void) | undefined
  let inputs: readonly string[] = []
  let last: BundledWorker | undefined

  const runtime = {
    onBundleStart() {},
    onBundleComplete: (event: BundleEvent) => settle?.(event),
    onPreviewTokenExpired() {},
    teardown: async () => {},
  } as unknown as RuntimeController
  const proxy = {
    ready: { promise: Promise.resolve() },
    onConfigUpdate() {},
    onBundleStart() {},
    onReloadStart() {},
    onReloadComplete() {},
    teardown: async () => {},
  } as unknown as ProxyController

  const env: DevEnv = new DevEnv({
    runtimeFactories: [() => runtime],
    proxyFactory: () => proxy,
  })
  const root = path.dirname(configPath)
  const refuse = (event: unknown) => settle?.(new BundleError(failureOf(event, configPath)))
  env.on('buildFailed', refuse)
  env.on('error', refuse)

  return {
    configPath,
    async build() {
      last = undefined
      const settled = new Promise<BundleEvent | BundleError>((resolve) => (settle = resolve))
      await env.config
        .set(
          {
            config: configPath,
            dev: {
              logLevel: 'none',
              watch: false,
              inspector: false,
              server: { hostname: '127.0.0.1', port: 0 },
            },
          },
          true,
        )
        .catch(refuse)
      const result = await settled
      if (result instanceof BundleError) throw result
      inputs = Object.keys(result.bundle.dependencies)
        .map((file) => path.resolve(root, file))
        // What Wrangler puts around the Worker is made anew each time.
        .filter((file) => !file.split(path.sep).includes('.wrangler'))
      const wranglerConfig = env.config.latestWranglerConfig
      if (!wranglerConfig) throw new Error('Wrangler bundled without a configuration')
      const { config, bundle } = result
      last = {
        config,
        bundle,
        wranglerConfig,
        map: await readBundleMap(config.projectRoot, bundle),
      }
      return last
    },
    last: () => last,
    inputs: () => inputs,
    close: () => env.teardown(),
  }
}

interface ErrorLike {
  readonly message?: string
  /** Of a Wrangler configuration that cannot be parsed. */
  readonly text?: string
  readonly location?: ParseLocation
  readonly errors?: readonly BuildMessage[]
  readonly cause?: unknown
}

/** The messages of the bundler or of what reads its configuration, wherever Wrangler wrapped them. */
export function failureOf(event: unknown, configPath: string): EdgeFailure {
  let text = 'Wrangler cannot bundle the Worker.'
  for (let at = event as ErrorLike | undefined; at; at = at.cause as ErrorLike | undefined) {
    if (Array.isArray(at.errors) && at.errors.length > 0) {
      const root = path.dirname(configPath)
      return { of: 'code', messages: at.errors.map((each) => withAbsoluteFiles(each, root)), text }
    }
    if (at.text !== undefined && at.location) {
      const messages = [parseMistake(at.text, configPath, at.location)]
      return { of: 'configuration', messages, text: at.text }
    }
    if (typeof at.message === 'string') text = at.message
    const line = exportLine(text)
    if (line !== undefined) text = `${text}\n  ${line}`
    const absent = missingMain(text, configPath)
    if (absent.length > 0) return { of: 'code', messages: absent, text }
    const messages = configMistakes(text, configPath)
    if (messages.length > 0) return { of: 'configuration', messages, text }
  }
  return { of: 'code', messages: [], text }
}
