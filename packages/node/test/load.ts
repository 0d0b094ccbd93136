import { Agent, request } from 'node:http'

/** Steady requests from several clients, and how they went. */
export interface Load {
  /** How many answers were right so far. */
  readonly right: () => number
  /** Resolves when each client's last request is over. */
  readonly stop: () => Promise<{ readonly right: number; readonly wrong: readonly string[] }>
}

const body = 'x'.repeat(16_384)

/**
 * GET and 16 KB POST by turns, from `clients` that reuse their connection and as many that open one
 * for each request.
 */
export function startLoad(port: number, clients: number): Load {
  const wrong: string[] = []
  let right = 0
  let isOver = false
  const client = async (agent: Agent) => {
    while (!isOver) {
      for (const method of ['GET', 'POST']) {
        const outcome = await ask(port, agent, method).catch(
          ({ code, message }: NodeJS.ErrnoException) => code ?? message,
        )
        if (outcome === 'right') right += 1
        else wrong.push(`${method} ${outcome}`)
      }
    }
    agent.destroy()
  }
  const running = Array.from({ length: clients * 2 }, (_, index) =>
    client(new Agent({ keepAlive: index < clients, maxSockets: 1 })),
  )
  return {
    right: () => right,
    async stop() {
      isOver = true
      await Promise.all(running)
      return { right, wrong }
    },
  }
}

function ask(port: number, agent: Agent, method: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const path = method === 'GET' ? '/slow/5' : '/echo'
    const asked = request({ host: '127.0.0.1', port, path, method, agent }, (answer) => {
      let text = ''
      answer.setEncoding('utf8').on('data', (chunk: string) => void (text += chunk))
      answer.on('end', () => {
        const isRight = answer.statusCode === 200 && (method === 'GET' || text === body)
        resolve(isRight ? 'right' : `${answer.statusCode} with ${text.length} characters`)
      })
      answer.on('error', reject)
    })
    asked.on('error', reject)
    asked.end(method === 'POST' ? body : undefined)
  })
}
