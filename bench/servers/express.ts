import express from 'express'

const app = express()
app.get('/text', (_, response) => void response.type('text').send('Hello, world'))
app.get('/users/:id', ({ params }, response) => {
  response.json({ id: params.id, name: 'Ada', admin: false })
})
app.post('/echo', express.json(), ({ body }, response) => void response.json(body))
app.listen(Number(process.env['PORT']))
