import { environmentNames, type Found, type Resource } from '@mooring/core/adapter'

/** Finds a resource by its binding, such as `STORE`. */
export function findBinding(
  env: Readonly<Record<string, unknown>>,
): (app: string, name: string, resource: Resource) => Found {
  return (app, resource, { kind }) => {
    const names = environmentNames(resource)
    const value = env[names.binding]
    const what = kind === 'kv' ? 'a KV namespace' : 'a service binding'
    if (value === undefined) {
      return { missing: { name: names.binding, value: 'not bound', expected: `expected ${what}` } }
    }
    const at = { via: 'binding', app, resource, ...names, value } as const
    return { at, target: `${what.slice(2)} ${names.binding}`, embedded: false }
  }
}
