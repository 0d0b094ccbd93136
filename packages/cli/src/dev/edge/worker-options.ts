import path from 'node:path'
import { pathToFileURL } from 'node:url'
import type { V4WorkerOptions, V4WorkerOptionsShape } from 'miniflare'
import type { Unstable_MiniflareWorkerOptions } from 'wrangler'
import type { ResourceLine } from '../events.ts'
import type { BundledWorker } from './bundler.ts'
import { producersOf } from './queue-check.ts'
import { tellingCrons } from './schedule-check.ts'

/** What Miniflare's older option schema, which Wrangler speaks, calls a module's type. */
const moduleTypes: Readonly<Record<string, string>> = {
  esm: 'ESModule',
  commonjs: 'CommonJS',
  'compiled-wasm': 'CompiledWasm',
  buffer: 'Data',
  text: 'Text',
  python: 'PythonModule',
  'python-requirement': 'PythonRequirement',
}

/** One Worker for Miniflare: what Wrangler bundled, with the bindings of its configuration. */
export function workerOptions(
  { config, bundle }: BundledWorker,
  fromConfig: Unstable_MiniflareWorkerOptions['workerOptions'],
  services: Readonly<Record<string, ServiceTarget>>,
): V4WorkerOptions {
  const modulesRoot = path.dirname(bundle.path)
  const telling = bundle.type === 'esm' ? tellingCrons(config.name, path.basename(bundle.path)) : ''
  const { modulesRules: _, ...bindings } = fromConfig as V4WorkerOptionsShape
  return {
    ...bindings,
    name: config.name,
    compatibilityDate: config.compatibilityDate,
    compatibilityFlags: config.compatibilityFlags ?? [],
    serviceBindings: { ...bindings.serviceBindings, ...services },
    modulesRoot,
    modules: [
      {
        type: moduleTypes[bundle.type],
        path: bundle.path,
        contents: withSourceUrl(bundle.entrypointSource + telling, bundle.path),
      },
      ...bundle.modules.map((module) => ({
        type: moduleTypes[module.type ?? 'esm'],
        path: path.resolve(modulesRoot, module.name),
        contents: module.content,
      })),
    ],
  } as V4WorkerOptions
}

/** What a service binding leads to: another Worker by its name, or an address that speaks HTTP. */
export type ServiceTarget = string | { readonly external: { readonly address: string; http: {} } }

/** With its path in it, a stack can be mapped to the source. */
function withSourceUrl(source: string, file: string): string {
  return `${source}\n//# sourceURL=${pathToFileURL(file)}`
}

/** What the Worker's bindings of the kinds that Mooring knows are attached to. */
export function resourcesOf(
  options: V4WorkerOptions,
  persistFolder: string,
): readonly ResourceLine[] {
  const { kvNamespaces = {}, serviceBindings = {}, durableObjects = {} } = options
  const stores = Array.isArray(kvNamespaces) ? kvNamespaces : Object.keys(kvNamespaces)
  return [
    ...stores.map((name) => ({
      name,
      kind: 'kv',
      target: `local KV in ${path.relative(process.cwd(), persistFolder)}`,
      embedded: true,
    })),
    ...Object.entries(durableObjects)
      .filter(([, of]) => classOf(of) === 'TopicObject')
      .map(([name]) => ({
        name,
        kind: 'topic',
        target: 'local Durable Object',
        embedded: true,
      })),
    ...producersOf(options).map(([name, queue]) => ({
      name,
      kind: 'queue',
      target: `local queue ${queue}, in memory`,
      embedded: true,
    })),
    ...Object.entries(serviceBindings).map(([name, target]) => ({
      name,
      kind: 'service',
      target: describeService(target),
      embedded: false,
    })),
  ]
}

function classOf(durableObject: string | { readonly className: string }): string {
  return typeof durableObject === 'string' ? durableObject : durableObject.className
}

function describeService(target: unknown): string {
  if (typeof target === 'string') return `Worker ${target}`
  const { name, external } = target as { name?: string; external?: { address: string } }
  if (external) return `http://${external.address}`
  return typeof name === 'string' ? `Worker ${name}` : 'a service'
}
