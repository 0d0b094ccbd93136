import { createServer } from 'node:http'
import { serveStatic } from '@hono/node-server/serve-static'
import { createServerAdapter } from '@whatwg-node/server'
import { app } from './app.ts'
import { publicFolder } from './settings.ts'

app.use('/*', serveStatic({ root: publicFolder }))
createServer(createServerAdapter((request) => app.fetch(request))).listen(
  Number(process.env['PORT']),
)
