// As in the guide of srvx: it reads PORT by itself.
import { serve } from 'srvx'
import { setTimeout as wait } from 'node:timers/promises'

serve({
  async fetch(request) {
    const { pathname, searchParams } = new URL(request.url)
    const number = (name) => Number(searchParams.get(name))
    switch (pathname) {
      case '/':
        return new Response('Hello there!')
      case '/__conform/slow':
        await wait(number('ms'))
        return new Response('slow')
      case '/__conform/block':
        for (const end = Date.now() + number('ms'); Date.now() < end;);
        return new Response('blocked')
      case '/__conform/stream': {
        let left = number('chunks')
        const pull = async (out) => {
          await wait(number('ms'))
          if (left-- === 0) return out.close()
          out.enqueue(new Uint8Array(number('bytes')).fill(120))
        }
        return new Response(new ReadableStream({ pull }))
      }
      case '/__conform/echo':
        return new Response(await request.arrayBuffer())
      case '/__conform/throw':
        if (searchParams.get('kind') === 'late') {
          void Promise.reject(new Error('conform-secret'))
          return new Response('late')
        }
        if (searchParams.get('kind') === 'after') {
          let pulls = 0
          const pull = (out) =>
            pulls++ === 0 ? out.enqueue(new Uint8Array(4)) : out.error(new Error('conform-secret'))
          return new Response(new ReadableStream({ pull }))
        }
        throw new Error('conform-secret')
      case '/__conform/header':
        return new Response('header', { headers: { 'X-Value': searchParams.get('value') } })
      case '/__conform/client':
        return new Response(`${request.ip} ${request.url}`)
      case '/__conform/log':
        console.log('asked')
        return new Response('logged')
      case '/__conform/backing':
        return new Response(await (await fetch(process.env.BACKING_URL)).text())
      default:
        return new Response('not found', { status: 404 })
    }
  },
})
