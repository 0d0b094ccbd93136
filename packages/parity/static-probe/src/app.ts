import { defineApp } from '@mooring/core'
import { Hono } from 'hono'
import { uploads } from './uploads.ts'

/** An app without limits, with a static folder, before which Workers put a server of their own. */
export default defineApp({
  name: 'parity-static-probe',
  static: { folder: '../public', base: import.meta.url },
  setup: () =>
    new Hono()
      .get('/', (c) => c.text('hello'))
      .all('/method', (c) => c.text(c.req.method))
      .route('/upload', uploads),
})
