import { createHash, randomBytes } from 'node:crypto'
import { Agent, request, type RequestOptions } from 'node:http'
import { type Attempt, WrongAnswer } from '../tally.ts'
import { type Client, type Kind, noteServer, type Target, timeoutMs } from './client.ts'

export const getsKeptAlive: Kind = {
  name: 'GET, kept alive',
  pauseMs: 25,
  open: (target) => clients(4, keptAlive, (attempt, agent) => getGreeting(attempt, target, agent)),
}

export const getsNew: Kind = {
  name: 'GET, new connection',
  pauseMs: 40,
  open: (target) => clients(3, closed, (attempt, agent) => getGreeting(attempt, target, agent)),
}

export const posts: Kind = {
  name: 'POST of 16 KB',
  pauseMs: 40,
  open: (target) =>
    clients(3, keptAlive, async (attempt, agent) => {
      const { body, digest } = randomBody()
      const options = { agent, path: '/digest', method: 'POST' }
      expectBody(await ask(attempt, target, options, body), digest)
    }),
}

export const streams: Kind = {
  name: 'stream of 10 chunks',
  pauseMs: 25,
  open: (target) =>
    clients(5, keptAlive, async (attempt, agent) => {
      expectBody(await ask(attempt, target, { agent, path: '/chunks' }), wholeStream)
    }),
}

/** What `/chunks` sends, over some 300 ms. */
export const wholeStream: string = Array.from(
  { length: 10 },
  (_, index) => `chunk ${index}\n`,
).join('')

/** 16 KB that no other request has, and what `/digest` is to make of them. */
export function randomBody(): { readonly body: Buffer; readonly digest: string } {
  const body = randomBytes(16_384)
  return { body, digest: createHash('sha256').update(body).digest('hex') }
}

export interface Answer {
  readonly status: number
  readonly body: string
}

/** @throws WrongAnswer */
export function expectBody({ status, body }: Answer, expected: string): void {
  if (status === 200 && body === expected) return
  throw new WrongAnswer(`${status} ${body.slice(0, 80).trim()}`)
}

/** Each with an agent of its own, and one connection at a time. */
function clients(
  count: number,
  createAgent: () => Agent,
  askWith: (attempt: Attempt, agent: Agent) => Promise<void>,
): Client[] {
  return Array.from({ length: count }, () => {
    const agent = createAgent()
    return { ask: (attempt) => askWith(attempt, agent), close: () => agent.destroy() }
  })
}

const keptAlive = () => new Agent({ keepAlive: true, maxSockets: 1 })
const closed = () => new Agent({ keepAlive: false })

async function getGreeting(attempt: Attempt, target: Target, agent: Agent): Promise<void> {
  expectBody(await ask(attempt, target, { agent, path: '/' }), 'hello')
}

async function ask(
  attempt: Attempt,
  { host, port }: Target,
  options: RequestOptions,
  body?: Buffer,
): Promise<Answer> {
  const signal = AbortSignal.timeout(timeoutMs)
  try {
    return await new Promise<Answer>((resolve, reject) => {
      const sent = request({ host, port, ...options, signal }, (response) => {
        const { statusCode = 0, headers } = response
        noteServer(attempt, headers['x-process'])
        let text = ''
        response.setEncoding('utf8').on('data', (chunk: string) => void (text += chunk))
        response.on('end', () => resolve({ status: statusCode, body: text }))
        response.on('error', reject)
      })
      sent.on('error', reject)
      sent.end(body)
    })
  } catch (error) {
    throw signal.aborted ? signal.reason : error
  }
}
