import { serve } from 'srvx'
import { staticMiddleware } from 'srvx/static'
import { app } from './app.ts'
import { publicFolder } from './settings.ts'

const files = staticMiddleware({ dir: publicFolder })
app.get('/*', (c) => files(c.req.raw, () => c.notFound()))
serve({ fetch: (request) => app.fetch(request), port: Number(process.env['PORT']), silent: true })
