// As in "Getting Started: Node.js" of Hono, with its lines for a graceful shutdown.
import { serve } from '@hono/node-server'
import { getConnInfo } from '@hono/node-server/conninfo'
import app from './app.js'

app.get('/__conform/client', (c) => c.text(`${getConnInfo(c).remote.address} ${c.req.url}`))

const server = serve({ fetch: app.fetch, port: Number(process.env.PORT) }, (info) => {
  console.log(`Server is running on http://localhost:${info.port}`)
})

process.on('SIGINT', () => {
  server.close()
  process.exit(0)
})
process.on('SIGTERM', () => {
  server.close((err) => {
    if (err) {
      console.error(err)
      process.exit(1)
    }
    process.exit(0)
  })
})
