import {
  describeResource,
  environmentNames,
  type Found,
  type Resource,
  withoutUserinfo,
} from '@mooring/core/adapter'
import { openKv } from './kv-open.ts'

/** What a store is in development when nothing is set: it survives a restart, and is no one else's. */
const embeddedStore = (name: string) => `file:.mooring/${name}.sqlite`

const expectations = {
  kv: 'memory:, file:<path>, redis://<host> or rediss://<host> (NODE_ENV=development has a default)',
  service: 'the http:// or https:// URL of the service',
} as const

/**
 * Finds a resource by its URL variable, such as `STORE_URL`.
 *
 * @param processes how many serve the app, and would each have a `memory:` of their own. @default 1
 */
export function findByUrl(
  env: NodeJS.ProcessEnv,
  development: boolean,
  processes = 1,
): (app: string, name: string, resource: Resource) => Found {
  return (app, resource, { kind }) => {
    const names = environmentNames(resource)
    const { variable } = names
    const set = env[variable] || undefined
    const embedded = set === undefined && development && kind === 'kv'
    const text = embedded ? embeddedStore(resource) : set
    const what = describeResource(kind, { resource, ...names })
    if (text === undefined) {
      const expected = `${what} is not attached.\nSet ${variable} to ${expectations[kind]}.`
      return { missing: { name: variable, value: 'not set', expected } }
    }
    const expected = `${what} needs ${expectations[kind]}.`
    const target = withoutUserinfo(text)
    if (!URL.canParse(text)) {
      return { wrong: { name: variable, value: JSON.stringify(target), expected } }
    }
    const url = new URL(text)
    if (kind === 'kv' && url.protocol === 'memory:' && processes > 1) {
      const shared = `${what} needs a store that the ${processes} processes of WEB_CONCURRENCY share: file:<path>, redis://<host> or rediss://<host>.`
      return { wrong: { name: variable, value: JSON.stringify(target), expected: shared } }
    }
    const at = { via: 'url', app, resource, ...names, url, text, openKv } as const
    return { at, target, embedded }
  }
}

/** Whether `NODE_ENV` is `development`: only then are there defaults that no production should have. */
export function isDevelopment(env: NodeJS.ProcessEnv): boolean {
  return env['NODE_ENV'] === 'development'
}
