import { createReadStream } from 'node:fs'
import { createServer, type ServerResponse } from 'node:http'
import path from 'node:path'
import { event, eventMs, piece, pieces } from './bodies.ts'
import { publicFolder } from './settings.ts'

function send(response: ServerResponse, type: string, body: string): void {
  response.writeHead(200, { 'Content-Type': type, 'Content-Length': Buffer.byteLength(body) })
  response.end(body)
}

const publicFile = path.join(publicFolder, '100k.txt')
const text = 'text/plain; charset=UTF-8'
const json = 'application/json'

createServer((request, response) => {
  const { method, url = '' } = request
  if (method === 'GET' && url === '/text') {
    send(response, text, 'Hello, world')
  } else if (method === 'GET' && url.startsWith('/users/')) {
    const id = decodeURIComponent(url.slice('/users/'.length))
    send(response, json, JSON.stringify({ id, name: 'Ada', admin: false }))
  } else if (method === 'POST' && (url === '/echo' || url === '/upload')) {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => {
      const body = Buffer.concat(chunks)
      if (url === '/upload') send(response, text, String(body.length))
      else send(response, json, JSON.stringify(JSON.parse(body.toString())))
    })
  } else if (method === 'GET' && url === '/100k.txt') {
    response.writeHead(200, { 'Content-Type': text, 'Content-Length': 102_400 })
    createReadStream(publicFile).pipe(response)
  } else if (method === 'GET' && url === '/stream') {
    response.writeHead(200, { 'Content-Type': 'application/octet-stream' })
    writePieces(response, pieces)
  } else if (method === 'GET' && url === '/events') {
    response.writeHead(200, { 'Content-Type': 'text/event-stream' }).flushHeaders()
    const timer = setInterval(() => response.write(event), eventMs)
    response.on('close', () => clearInterval(timer))
  } else {
    response.writeHead(404).end()
  }
}).listen(Number(process.env['PORT']))

/** As many as the client takes, then the rest when it has taken them. */
function writePieces(response: ServerResponse, count: number): void {
  for (let left = count; left > 0;) {
    left -= 1
    if (!response.write(piece) && left > 0) {
      response.once('drain', () => writePieces(response, left))
      return
    }
  }
  response.end()
}
