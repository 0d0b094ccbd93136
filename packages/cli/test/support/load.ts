import { Agent, request } from 'node:http'

export interface Load {
  readonly stop: () => Promise<{ answered: number; failed: readonly string[] }>
}

/** Asks without pause, on connections that are kept and on new ones, until it is told to stop. */
export function startLoad(url: string): Load {
  const failed: string[] = []
  let answered = 0
  let stopping = false

  const ask = (agent: Agent | false) =>
    new Promise<void>((resolve) => {
      const fail = (error: unknown) => {
        failed.push(String(error))
        resolve()
      }
      const sent = request(url, { agent }, (answer) => {
        if (answer.statusCode !== 200) failed.push(`status ${answer.statusCode}`)
        answer.on('error', fail).resume()
        answer.on('end', () => {
          answered++
          resolve()
        })
      })
      sent.on('error', fail)
      sent.end()
    })
  const run = async (agent: Agent | false) => {
    while (!stopping) await ask(agent)
  }
  const kept = new Agent({ keepAlive: true, maxSockets: 1 })
  const running = Promise.all([run(kept), run(false)])

  return {
    async stop() {
      stopping = true
      await running
      kept.destroy()
      return { answered, failed }
    },
  }
}
