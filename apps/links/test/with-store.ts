import type { App, Kv } from '@mooring/core'

/** The app on a store of the test's own: one that others share, or that is broken. */
export function withStore(app: App, store: Kv): App {
  return {
    ...app,
    boot: (target) =>
      app.boot({
        ...target,
        find: (of, name, resource) => {
          const found = target.find(of, name, resource)
          if (!('at' in found) || found.at.via !== 'url') return found
          return { ...found, at: { ...found.at, openKv: async () => ({ handle: store }) } }
        },
      }),
  }
}
