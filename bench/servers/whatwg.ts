import { createServer } from 'node:http'
import { createServerAdapter } from '@whatwg-node/server'
import { app } from './app.ts'

createServer(createServerAdapter((request) => app.fetch(request))).listen(
  Number(process.env['PORT']),
)
