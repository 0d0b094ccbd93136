import { type App, defineApp } from '@mooring/core'
import { type Context, Hono } from 'hono'

/** An app with a static folder, for the tests of each adapter that binds. @param base a file's URL */
export function staticApp(base: string, hasFallback = false): App {
  return defineApp({
    name: 'static',
    static: { folder: 'public', base, ...(hasFallback && { fallback: '/index.html' }) },
    setup: () => new Hono().all('*', (c: Context) => c.text(`app: ${c.req.method} ${c.req.path}`)),
  })
}
