import { app } from './app.ts'

declare const Deno: { serve(options: object, handler: object): void }

Deno.serve({ port: Number(process.env['PORT']), hostname: '::', onListen() {} }, app.fetch)
