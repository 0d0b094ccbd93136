import Fastify from 'fastify'

const fastify = Fastify()
fastify.get('/text', async (_, reply) =>
  reply.type('text/plain; charset=UTF-8').send('Hello, world'),
)
fastify.get<{ Params: { id: string } }>('/users/:id', async ({ params }) => {
  return { id: params.id, name: 'Ada', admin: false }
})
fastify.post('/echo', async ({ body }) => body)
await fastify.listen({ port: Number(process.env['PORT']), host: '::' })
