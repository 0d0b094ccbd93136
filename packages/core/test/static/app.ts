import { type App, defineApp } from '@mooring/core'
import { type Context, Hono } from 'hono'

/** An app with a static folder, for the tests of each adapter that binds. @param base a file's URL */
export function staticApp(base: string): App {
  return defineApp({
    name: 'static',
    static: { folder: 'public', base },
    setup: () => new Hono().all('*', (c: Context) => c.text(`app: ${c.req.method} ${c.req.path}`)),
  })
}
