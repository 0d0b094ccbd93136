import { serve } from 'srvx'
import { app } from './app.ts'

serve({ fetch: (request) => app.fetch(request), port: Number(process.env['PORT']), silent: true })
