// As in "Getting Started" of Fastify and the README of close-with-grace.
import closeWithGrace from 'close-with-grace'
import Fastify from 'fastify'
import { Readable } from 'node:stream'
import { setTimeout as wait } from 'node:timers/promises'

const fastify = Fastify({ logger: true })
fastify.addContentTypeParser('*', { parseAs: 'buffer' }, (request, body, done) => done(null, body))

fastify.get('/', async () => ({ hello: 'world' }))
fastify.get('/__conform/slow', async ({ query }) => {
  await wait(Number(query.ms))
  return 'slow'
})
fastify.get('/__conform/block', async ({ query }) => {
  for (const end = Date.now() + Number(query.ms); Date.now() < end;);
  return 'blocked'
})
fastify.get('/__conform/stream', async ({ query }, reply) => {
  async function* chunks() {
    for (let left = Number(query.chunks); left > 0; left--) {
      await wait(Number(query.ms))
      yield Buffer.alloc(Number(query.bytes), 'x')
    }
  }
  return reply.send(Readable.from(chunks()))
})
fastify.post('/__conform/echo', async ({ body }) => body ?? '')
fastify.get('/__conform/throw', async ({ query }, reply) => {
  const fault = new Error('conform-secret')
  if (query.kind === 'late') {
    void Promise.reject(fault)
    return 'late'
  }
  if (query.kind !== 'after') throw fault
  async function* chunks() {
    yield 'some'
    throw fault
  }
  return reply.send(Readable.from(chunks()))
})
fastify.get('/__conform/header', async ({ query }, reply) => {
  reply.header('X-Value', query.value)
  return 'header'
})
fastify.get('/__conform/client', async ({ ip, protocol, host }) => `${ip} ${protocol}://${host}/`)
fastify.get('/__conform/log', async ({ log }) => {
  log.info('asked')
  return 'logged'
})
fastify.get('/__conform/backing', async () => (await fetch(process.env.BACKING_URL)).text())

closeWithGrace({ delay: 10_000 }, async ({ err }) => {
  if (err) fastify.log.error(err)
  await fastify.close()
})
await fastify.listen({ port: Number(process.env.PORT), host: '0.0.0.0' })
