import { createServer, type ServerResponse } from 'node:http'

function send(response: ServerResponse, type: string, body: string): void {
  response.writeHead(200, { 'Content-Type': type, 'Content-Length': Buffer.byteLength(body) })
  response.end(body)
}

const json = 'application/json'

createServer((request, response) => {
  const { method, url = '' } = request
  if (method === 'GET' && url === '/text') {
    send(response, 'text/plain; charset=UTF-8', 'Hello, world')
  } else if (method === 'GET' && url.startsWith('/users/')) {
    const id = decodeURIComponent(url.slice('/users/'.length))
    send(response, json, JSON.stringify({ id, name: 'Ada', admin: false }))
  } else if (method === 'POST' && url === '/echo') {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => {
      send(response, json, JSON.stringify(JSON.parse(Buffer.concat(chunks).toString())))
    })
  } else {
    response.writeHead(404).end()
  }
}).listen(Number(process.env['PORT']))
