import type { App, Kv, Topic } from '@mooring/core'

/** The app on a store of the test's own: one that others share, or that is broken; and on its topic. */
export function withStore(app: App, store: Kv, topic?: Topic): App {
  return {
    ...app,
    boot: (target) =>
      app.boot({
        ...target,
        find: (of, name, resource) => {
          if (resource.kind === 'topic' && !topic) {
            return { missing: { name, value: 'not set', expected: '' } }
          }
          const found = target.find(of, name, resource)
          if (!('at' in found) || found.at.via !== 'url') return found
          const openKv = async () => ({ handle: store })
          const openTopic = topic ? async () => ({ handle: topic }) : found.at.openTopic
          return { ...found, at: { ...found.at, openKv, openTopic } }
        },
      }),
  }
}
