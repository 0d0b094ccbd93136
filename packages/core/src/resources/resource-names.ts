export type ResourceKind = 'kv' | 'topic' | 'queue' | 'service'

/** A resource, and the names by which it is attached. */
export interface ResourceNames {
  /** The name in the declaration, such as `store`. */
  readonly resource: string
  /** The environment variable, such as `STORE_URL`. */
  readonly variable: string
  /** The binding, such as `STORE`. */
  readonly binding: string
}

/** `preview` is `PREVIEW_URL` and `PREVIEW`; `clickStore` is `CLICK_STORE_URL` and `CLICK_STORE`. */
export function environmentNames(resource: string): { variable: string; binding: string } {
  const binding = resource.replace(/([a-z0-9])([A-Z])/g, '$1_$2').toUpperCase()
  return { variable: `${binding}_URL`, binding }
}

/**
 * A resource in a sentence. Both names, since the reader may run either target.
 *
 * @example The kv resource "store" (STORE_URL port-bound, binding STORE injected)
 */
export function describeResource(kind: ResourceKind, named: ResourceNames): string {
  const { resource, variable, binding } = named
  return `The ${kind} resource "${resource}" (${variable} port-bound, binding ${binding} injected)`
}

/** What a resource is bound to in a Worker, and where its configuration has those. */
export const bindings: Readonly<Record<ResourceKind, readonly [what: string, key: string]>> = {
  kv: ['KV namespace', 'kv_namespaces'],
  topic: ['Durable Object namespace', 'durable_objects'],
  queue: ['queue', 'queues.producers'],
  service: ['Worker', 'services'],
}

/** What to write into a Worker's configuration, where the binding is missing or another. */
export function bindingFix(kind: ResourceKind, binding: string): string {
  const [what, table] = bindings[kind]
  return `Bind a ${what} as "${binding}" under "${table}" in wrangler.jsonc.`
}
