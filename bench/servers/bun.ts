import { app } from './app.ts'

declare const Bun: { serve(options: object): void }

Bun.serve({ fetch: app.fetch, port: Number(process.env['PORT']), idleTimeout: 60 })
