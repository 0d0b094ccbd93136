import { Readable } from 'node:stream'
import express from 'express'
import { event, eventMs, streamOfPieces } from './bodies.ts'
import { moreRoutes, publicFolder } from './settings.ts'

const app = express()
app.get('/text', (_, response) => void response.type('text').send('Hello, world'))
app.get('/users/:id', ({ params }, response) => {
  response.json({ id: params.id, name: 'Ada', admin: false })
})
app.post('/echo', express.json(), ({ body }, response) => void response.json(body))
app.post('/upload', express.raw({ limit: '1mb' }), ({ body }, response) => {
  response.type('text').send(String((body as Buffer).length))
})
app.get('/stream', (_, response) => {
  response.type('application/octet-stream')
  Readable.fromWeb(streamOfPieces() as never).pipe(response)
})
app.get('/events', (_, response) => {
  response.writeHead(200, { 'Content-Type': 'text/event-stream' }).flushHeaders()
  const timer = setInterval(() => response.write(event), eventMs)
  response.on('close', () => clearInterval(timer))
})
for (let each = 1; each <= moreRoutes; each++) {
  app.get(
    `/route-${each}/:id`,
    ({ params }, response) => void response.type('text').send(params.id),
  )
}
app.use(express.static(publicFolder))
app.listen(Number(process.env['PORT']))
