import {
  describeResource,
  environmentNames,
  type Found,
  type Resource,
  withoutUserinfo,
} from '@mooring/core/adapter'
import { openKv } from './kv/kv-open.ts'
import { openQueue } from './queues/queue-open.ts'
import { openTopic } from './topics/topic-open.ts'

/** What a resource is in development when nothing is set. */
const embeddedUrls: Readonly<Partial<Record<Resource['kind'], (name: string) => string>>> = {
  // It survives a restart, and is no one else's.
  kv: (name) => `file:.mooring/${name}.sqlite`,
  topic: () => 'memory:',
  queue: (name) => `file:.mooring/${name}.sqlite`,
}

/** What several processes can share, of what one can have for itself. */
const shared: Readonly<Partial<Record<Resource['kind'], string>>> = {
  kv: 'store that the PROCESSES share: file:<path>, redis://<host> or rediss://<host>',
  topic: 'topic that the PROCESSES share: redis://<host> or rediss://<host>',
  queue: 'queue that the PROCESSES share: file:<path>, redis://<host> or rediss://<host>',
}

const expectations = {
  kv: 'memory:, file:<path>, redis://<host> or rediss://<host> (NODE_ENV=development has a default)',
  topic: 'memory:, redis://<host> or rediss://<host> (NODE_ENV=development has a default)',
  queue:
    'file:<path>, redis://<host> or rediss://<host>; memory:, which loses what waits when the process ends, is for NODE_ENV=development and NODE_ENV=test',
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
    const embeddedUrl = development && set === undefined ? embeddedUrls[kind] : undefined
    const embedded = embeddedUrl !== undefined
    const text = set ?? embeddedUrl?.(resource)
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
    const needed = shared[kind]?.replace('PROCESSES', `${processes} processes of WEB_CONCURRENCY`)
    if (needed !== undefined && url.protocol === 'memory:' && processes > 1) {
      const value = embedded ? 'not set' : JSON.stringify(target)
      const problem = { name: variable, value, expected: `${what} needs a ${needed}.` }
      // An optional one that nobody set may well be left out.
      return embedded ? { missing: problem } : { wrong: problem }
    }
    const mayLose = development || env['NODE_ENV'] === 'test'
    if (kind === 'queue' && url.protocol === 'memory:' && !mayLose) {
      return { wrong: { name: variable, value: JSON.stringify(target), expected } }
    }
    const open = { openKv, openTopic, openQueue: openQueue(env) }
    const at = { via: 'url', app, resource, ...names, url, text, ...open } as const
    return { at, target, embedded }
  }
}

/** Whether `NODE_ENV` is `development`: only then are there defaults that no production should have. */
export function isDevelopment(env: NodeJS.ProcessEnv): boolean {
  return env['NODE_ENV'] === 'development'
}
