import { createReadStream } from 'node:fs'
import { stat } from 'node:fs/promises'
import path from 'node:path'
import { Readable } from 'node:stream'
import { H3, readBody, serve, serveStatic } from 'h3'
import { streamOfEvents, streamOfPieces } from './bodies.ts'
import { moreRoutes, publicFolder } from './settings.ts'

const app = new H3()
  .get('/text', () => 'Hello, world')
  .get('/users/:id', ({ context }) => ({ id: context.params?.['id'], name: 'Ada', admin: false }))
  .post('/echo', async (event) => readBody(event))
  .post('/upload', async ({ req }) => String((await req.arrayBuffer()).byteLength))
  .get('/stream', ({ res }) => {
    res.headers.set('content-type', 'application/octet-stream')
    return streamOfPieces()
  })
  .get('/events', ({ res }) => {
    res.headers.set('content-type', 'text/event-stream')
    return streamOfEvents()
  })
for (let each = 1; each <= moreRoutes; each++) {
  app.get(`/route-${each}/:id`, ({ context }) => context.params?.['id'])
}
app.get('/**', (event) =>
  serveStatic(event, {
    getMeta: async (id) => {
      const { size, mtimeMs } = await stat(path.join(publicFolder, id))
      return { size, mtime: mtimeMs, type: 'text/plain; charset=UTF-8' }
    },
    getContents: (id) =>
      Readable.toWeb(createReadStream(path.join(publicFolder, id))) as ReadableStream<Uint8Array>,
  }),
)
serve(app, { port: Number(process.env['PORT']), silent: true })
