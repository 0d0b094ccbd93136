import { beforeAll, expect, test } from 'vitest'
import { queueSuite, sendWork } from '../../core/test/queues/suite.ts'
import { type Environment, launch, type Program, type Server, startServer } from './process.ts'

/** The keys that a process has begun, or handled, in order. */
export function keysOf(program: Program, message: 'began' | 'handled'): readonly string[] {
  return program.events().flatMap((event) => (event['message'] === message ? [event['key']] : []))
}

/** Processes that share a queue. */
export interface Processes {
  readonly servers: readonly Server[]
  /** The keys that any of them has begun, or handled. */
  readonly all: (message: 'began' | 'handled') => readonly string[]
}

/** What a queue does that processes share, for each driver. Two of them are left at the end. */
export function sharedQueueSuite(environment: () => Environment): Processes {
  const servers: Server[] = []
  const all: Processes['all'] = (message) => servers.flatMap((server) => keysOf(server, message))
  let env: Environment
  beforeAll(async () => {
    env = { ...environment(), QUEUE_LEASE: '3s' }
    servers.push(await startServer('queues.ts', env))
  })

  /** The attempts at which these were handled by those that are left. */
  const attemptsOf = (keys: readonly string[]) =>
    servers
      .flatMap((server) => server.events())
      .filter(({ message, key }) => message === 'handled' && keys.includes(key))
      .map(({ attempt }) => attempt as number)

  queueSuite(() => servers[0]!.url)

  test('each message goes to one of the processes', async () => {
    servers.push(await startServer('queues.ts', env))
    const keys = Array.from({ length: 40 }, (_, index) => `shared-${index}`)
    await sendWork(servers[0]!.url, ...keys.map((key) => ({ key, sleepMs: 100 })))
    await expect.poll(() => all('handled').length).toBe(40)
    expect(all('handled').toSorted()).toEqual(keys.toSorted())
    for (const server of servers) expect(keysOf(server, 'handled').length).toBeGreaterThan(0)
  })

  test('who takes longer than its lease keeps what it has', async () => {
    await sendWork(servers[0]!.url, { key: 'long', sleepMs: 7_000 })
    await expect.poll(() => all('handled')).toContain('long')
    expect(all('began').filter((key) => key === 'long')).toHaveLength(1)
  })

  test('what a process had that was killed goes to another', async () => {
    const killed = await startServer('queues.ts', env)
    // Enough for all: whoever is killed has some of them.
    const keys = Array.from({ length: 12 }, (_, index) => `killed-${index}`)
    await sendWork(killed.url, ...keys.map((key) => ({ key, sleepMs: 1_500 })))
    await expect.poll(() => keysOf(killed, 'began').length).toBeGreaterThan(0)
    killed.child.kill('SIGKILL')
    await killed.exited
    const mine = keysOf(killed, 'began')
    await expect.poll(() => keys.filter((key) => !all('handled').includes(key))).toEqual([])
    expect(attemptsOf(mine)).toEqual(mine.map(() => 2))
  })

  test('SIGTERM: what is in hand is finished, and what takes too long is handed back at once', async () => {
    const leaving = await startServer('queues.ts', { ...env, SHUTDOWN_BUDGET: '3s' })
    const keys = Array.from({ length: 12 }, (_, index) => `leaving-${index}`)
    const lengths = [1_000, 4_000]
    await sendWork(
      leaving.url,
      ...keys.map((key, index) => ({ key, sleepMs: lengths[index % 2]! })),
    )
    await expect.poll(() => keysOf(leaving, 'began').length).toBeGreaterThan(0)
    leaving.child.kill('SIGTERM')
    await leaving.event('draining')
    const mine = keysOf(leaving, 'began')
    const code = await leaving.exited
    const finished = keysOf(leaving, 'handled')
    expect(keysOf(leaving, 'began')).toEqual(mine)
    const unfinished = mine.filter((key) => !finished.includes(key))
    expect(code).toBe(unfinished.length > 0 ? 3 : 0)
    const left = () => keys.filter((key) => ![...finished, ...all('handled')].includes(key))
    await expect.poll(left).toEqual([])
    for (const key of finished) expect(all('handled')).not.toContain(key)
    // Whoever had it has handed it back: it did not have to be missed first.
    expect(attemptsOf(unfinished)).toEqual(unfinished.map(() => 1))
  })

  test('dead letters are listed, and sent anew', async () => {
    const tend = async (asked: string) => {
      const program = launch('queues.ts', { ...env, MOORING_DEAD_LETTERS: asked })
      expect(await program.exited).toBe(0)
      const lines = program.stdout().split('\n').filter(Boolean)
      return lines.map((line) => JSON.parse(line) as Record<string, unknown>)
    }
    const isGivenUp = () =>
      servers.some(({ stdout }) => stdout().includes('queue work: a message is a dead letter'))
    const attempts = () => all('began').filter((key) => key === 'failing').length
    await sendWork(servers[0]!.url, { key: 'failing', failures: 9 })
    expect(isGivenUp()).toBe(false)
    await expect.poll(isGivenUp).toBe(true)
    // That is in the log a moment before the store has it.
    await expect
      .poll(() => tend('list work'))
      .toEqual([
        {
          id: expect.stringMatching(/^[\da-f-]{36}$/),
          sentAt: expect.stringMatching(/^20/),
          diedAt: expect.stringMatching(/^20/),
          attempts: 2,
          reason: 'Error: on purpose',
          message: { key: 'failing', failures: 9 },
        },
      ])
    expect(attempts()).toBe(2)
    expect(await tend('replay work')).toEqual([{ replayed: 1 }])
    await expect.poll(attempts).toBe(4)
  })

  test('CONSUMERS=off sends, and leaves the handling to others', async () => {
    const sender = await startServer('queues.ts', { ...env, CONSUMERS: 'off' })
    await sendWork(sender.url, { key: 'elsewhere' })
    await expect.poll(() => all('handled')).toContain('elsewhere')
    expect(keysOf(sender, 'began')).toEqual([])
    sender.child.kill('SIGTERM')
    expect(await sender.exited).toBe(0)
  })

  return { servers, all }
}
