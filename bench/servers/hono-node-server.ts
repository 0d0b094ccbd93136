import { serve } from '@hono/node-server'
import { serveStatic } from '@hono/node-server/serve-static'
import { app } from './app.ts'
import { publicFolder } from './settings.ts'

app.use('/*', serveStatic({ root: publicFolder }))
serve({ fetch: app.fetch, port: Number(process.env['PORT']) })
