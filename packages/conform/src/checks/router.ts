import { type Answer, isGood, say } from '../answer.ts'
import { Connection, request } from '../connection.ts'
import type { Running } from '../running.ts'
import { wait } from '../wait.ts'

/** What became of the requests that a router sent on. */
export interface Traffic {
  readonly answered: number
  /** One entry for each request that was not answered well. */
  readonly lost: readonly string[]
}

/**
 * What a router does with a process that it believes to be there: a request every 20 ms, on a
 * connection of its pool where one is free. A connection that was closed before anything was sent on
 * it is replaced, as every router does; whatever happens after that is a request lost.
 */
export class Router {
  private readonly running: Running
  private readonly path: string
  private readonly pool: Connection[] = []
  private readonly pending: Promise<void>[] = []
  private answered = 0
  private readonly lost: string[] = []
  private isOn = true

  constructor(running: Running, path: string) {
    this.running = running
    this.path = path
    void this.send()
  }

  /** Stops sending and waits for what is under way. */
  async stop(): Promise<Traffic> {
    this.isOn = false
    await Promise.all(this.pending)
    for (const connection of this.pool) connection.close()
    return { answered: this.answered, lost: this.lost }
  }

  private async send(): Promise<void> {
    while (this.isOn) {
      this.pending.push(this.one())
      await wait(20)
    }
  }

  private async one(): Promise<void> {
    let connection = this.pool.pop()
    while (connection !== undefined && connection.state !== 'open') connection = this.pool.pop()
    connection ??= await Connection.open(this.running.port)
    if (connection === undefined) {
      this.lost.push('connection refused')
      return
    }
    connection.send(request(this.path))
    const answer = await connection.response()
    this.count(answer)
    if (/close/i.test(answer.headers.get('connection') ?? '')) connection.close()
    else this.pool.push(connection)
  }

  private count(answer: Answer): void {
    if (isGood(answer)) this.answered++
    else this.lost.push(say(answer))
  }
}
