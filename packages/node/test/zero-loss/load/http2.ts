import { type ClientHttp2Session, connect, constants } from 'node:http2'
import { type Attempt, UnexpectedEnd } from '../tally.ts'
import { type Client, type Kind, noteServer, type Target, timeoutMs } from './client.ts'
import { type Answer, expectBody, randomBody, wholeStream } from './http1.ts'

/** Two connections, on each of them a GET, a POST and a stream at a time. */
export const http2: Kind = {
  name: 'HTTP/2',
  pauseMs: 50,
  open: (target) => [...connection(target), ...connection(target)],
}

/** Another session is to be asked. */
class GoElsewhere extends Error {}

function connection(target: Target): readonly Client[] {
  let session: ClientHttp2Session | undefined

  function current(): ClientHttp2Session {
    if (session && !session.closed && !session.destroyed) return session
    const opened = connect(`https://${target.host}:${target.tlsPort}`, {
      rejectUnauthorized: false,
    })
    opened.on('error', () => {})
    // RFC 9113 §6.8: no new stream after it, and what it does not name has not been looked at.
    opened.on('goaway', () => {
      if (session === opened) session = undefined
    })
    return (session = opened)
  }

  async function ask(
    attempt: Attempt,
    path: string,
    expected: string,
    body?: Buffer,
  ): Promise<void> {
    for (;;) {
      try {
        return expectBody(await askOnce(attempt, current(), path, body), expected)
      } catch (error) {
        if (!(error instanceof GoElsewhere)) throw error
        attempt.again += 1
      }
    }
  }

  const close = () => session?.destroy()
  return [
    { ask: (attempt) => ask(attempt, '/', 'hello'), close },
    { ask: (attempt) => ask(attempt, '/chunks', wholeStream), close },
    {
      async ask(attempt) {
        const { body, digest } = randomBody()
        await ask(attempt, '/digest', digest, body)
      },
      close,
    },
  ]
}

function askOnce(
  attempt: Attempt,
  session: ClientHttp2Session,
  path: string,
  body?: Buffer,
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    // A session that could not be made says why, its streams only that they are gone.
    session.once('error', reject)
    const stream = session.request({ ':path': path, ':method': body ? 'POST' : 'GET' })
    stream.setTimeout(timeoutMs, () => {
      reject(new DOMException(`no byte for ${timeoutMs} ms`, 'TimeoutError'))
      stream.close(constants.NGHTTP2_CANCEL)
    })
    let status = 0
    let text = ''
    let isWhole = false
    stream.on('response', (headers) => {
      status = Number(headers[':status'])
      noteServer(attempt, headers['x-process'])
    })
    stream.setEncoding('utf8').on('data', (chunk: string) => void (text += chunk))
    stream.on('end', () => void (isWhole = true))
    stream.on('error', () => {})
    stream.on('close', () => {
      session.off('error', reject)
      const { rstCode } = stream
      if (rstCode === constants.NGHTTP2_REFUSED_STREAM) reject(new GoElsewhere())
      else if (isWhole && rstCode === 0 && status > 0) resolve({ status, body: text })
      else reject(new UnexpectedEnd(`HTTP/2 stream, code ${rstCode}, after status ${status}`))
    })
    stream.end(body)
  })
}
