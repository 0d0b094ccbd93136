import { H3, readBody, serve } from 'h3'

const app = new H3()
  .get('/text', () => 'Hello, world')
  .get('/users/:id', ({ context }) => ({ id: context.params?.['id'], name: 'Ada', admin: false }))
  .post('/echo', async (event) => readBody(event))
serve(app, { port: Number(process.env['PORT']), silent: true })
