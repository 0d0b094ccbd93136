// As in the documentation of node:http, with the port from the environment.
import { createServer } from 'node:http'
import { setTimeout as wait } from 'node:timers/promises'

const server = createServer(async (request, response) => {
  const { pathname, searchParams } = new URL(request.url, `http://${request.headers.host}`)
  switch (pathname) {
    case '/':
      return response.end('Hello World!')
    case '/__conform/slow':
      await wait(Number(searchParams.get('ms')))
      return response.end('slow')
    case '/__conform/block':
      for (const end = Date.now() + Number(searchParams.get('ms')); Date.now() < end;);
      return response.end('blocked')
    case '/__conform/stream': {
      const chunk = Buffer.alloc(Number(searchParams.get('bytes')), 'x')
      for (let left = Number(searchParams.get('chunks')); left > 0; left--) {
        await wait(Number(searchParams.get('ms')))
        if (!response.write(chunk)) await new Promise((resolve) => response.once('drain', resolve))
      }
      return response.end()
    }
    case '/__conform/echo':
      return request.pipe(response)
    case '/__conform/throw':
      if (searchParams.get('kind') === 'after') response.write('some')
      if (searchParams.get('kind') === 'late') response.end('late')
      throw new Error('conform-secret')
    case '/__conform/header':
      response.setHeader('X-Value', searchParams.get('value'))
      return response.end('header')
    case '/__conform/client':
      return response.end(`${request.socket.remoteAddress} http://${request.headers.host}/`)
    case '/__conform/log':
      console.log('asked')
      return response.end('logged')
    case '/__conform/backing':
      return response.end(await (await fetch(process.env.BACKING_URL)).text())
    default:
      response.writeHead(404).end()
  }
})
server.listen(process.env.PORT, () => console.log('listening'))
