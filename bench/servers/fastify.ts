import path from 'node:path'
import { Readable } from 'node:stream'
import fastifyStatic from '@fastify/static'
import Fastify from 'fastify'
import { event, eventMs, streamOfPieces } from './bodies.ts'
import { moreRoutes, publicFolder } from './settings.ts'

const fastify = Fastify()
fastify.get('/text', async (_, reply) =>
  reply.type('text/plain; charset=UTF-8').send('Hello, world'),
)
fastify.get<{ Params: { id: string } }>('/users/:id', async ({ params }) => {
  return { id: params.id, name: 'Ada', admin: false }
})
fastify.post('/echo', async ({ body }) => body)
fastify.addContentTypeParser(
  'application/octet-stream',
  { parseAs: 'buffer' },
  (_request, body, done) => done(null, body),
)
fastify.post<{ Body: Buffer }>('/upload', async ({ body }) => String(body.length))
fastify.get('/stream', async (_, reply) =>
  reply.type('application/octet-stream').send(Readable.fromWeb(streamOfPieces() as never)),
)
fastify.get('/events', (_, reply) => {
  reply.hijack()
  reply.raw.writeHead(200, { 'Content-Type': 'text/event-stream' }).flushHeaders()
  const timer = setInterval(() => reply.raw.write(event), eventMs)
  reply.raw.on('close', () => clearInterval(timer))
})
for (let each = 1; each <= moreRoutes; each++) {
  fastify.get<{ Params: { id: string } }>(`/route-${each}/:id`, async ({ params }) => params.id)
}
fastify.register(fastifyStatic, { root: path.resolve(publicFolder) })
await fastify.listen({ port: Number(process.env['PORT']), host: '::' })
