// As in "Hello world" of Express, with its "Health Checks and Graceful Shutdown".
import express from 'express'
import { Readable } from 'node:stream'
import { setTimeout as wait } from 'node:timers/promises'

const app = express()

app.get('/', (req, res) => {
  res.send('Hello World!')
})
app.get('/__conform/slow', async (req, res) => {
  await wait(Number(req.query.ms))
  res.send('slow')
})
app.get('/__conform/block', (req, res) => {
  for (const end = Date.now() + Number(req.query.ms); Date.now() < end;);
  res.send('blocked')
})
app.get('/__conform/stream', (req, res) => {
  async function* chunks() {
    for (let left = Number(req.query.chunks); left > 0; left--) {
      await wait(Number(req.query.ms))
      yield Buffer.alloc(Number(req.query.bytes), 'x')
    }
  }
  Readable.from(chunks()).pipe(res)
})
app.post('/__conform/echo', express.raw({ type: () => true, limit: '1mb' }), (req, res) => {
  res.send(req.body ?? '')
})
app.get('/__conform/throw', async (req, res) => {
  if (req.query.kind === 'after') res.write('some')
  if (req.query.kind === 'late') {
    void Promise.reject(new Error('conform-secret'))
    return res.send('late')
  }
  throw new Error('conform-secret')
})
app.get('/__conform/header', (req, res) => {
  res.set('X-Value', req.query.value).send('header')
})
app.get('/__conform/client', (req, res) => {
  res.send(`${req.ip} ${req.protocol}://${req.host}/`)
})
app.get('/__conform/log', (req, res) => {
  console.log('asked')
  res.send('logged')
})
app.get('/__conform/backing', async (req, res) => {
  res.send(await (await fetch(process.env.BACKING_URL)).text())
})

const server = app.listen(process.env.PORT, () => {
  console.log(`Example app listening on port ${process.env.PORT}`)
})
process.on('SIGTERM', () => {
  server.close(() => {
    console.log('HTTP server closed')
  })
})
