import { spawnSync } from 'node:child_process'
import { needProc, needTool } from '../checks/system.ts'
import type { Clause } from '../clause.ts'
import { verdict } from '../outcome.ts'
import { Connection } from '../connection.ts'
import { descriptorsOf } from '../proc.ts'
import { wait, until } from '../wait.ts'

export const clause: Clause = {
  id: 'PB-91',
  section: 'Faults',
  level: 'MUST',
  profiles: ['web', 'tcp'],
  sentence:
    'Running out of descriptors does not end the process, and it works again when there ' +
    'are some.',
  reason:
    'A burst of connections meets the limit first. A server that stops accepting for good ' +
    'needs somebody to restart it.',
  source: 'accept(2), EMFILE; prlimit(1)',
  mend: 'Go on accepting after EMFILE; limit the connections below the limit of descriptors.',
  check: async (subject) => {
    needProc()
    needTool('prlimit', '--version')
    const running = await subject.start()
    await running.works()
    for (const pid of running.family) {
      const limit = limitLeaving(12, descriptorsOf(pid))
      spawnSync('prlimit', ['--pid', String(pid), `--nofile=${limit}:`])
    }
    const connections: Connection[] = []
    for (let count = 0; count < 100; count++) {
      const connection = await Connection.open(running.port)
      if (connection === undefined) break
      if (subject.target.profile === 'web') connection.send('GET / HTTP/1.1\r\n')
      connections.push(connection)
    }
    await wait(1_000)
    for (const connection of connections) connection.close()
    const works = await until(
      async () => ((await running.works(2_000)) ? true : undefined),
      10_000,
      200,
    )
    return verdict(
      works === true,
      'more connections than it has descriptors, then none',
      `${subject.works} within 10 s`,
      await running.describe(),
    )
  },
}

/** The limit below which a process with these descriptors can still open `free` more. */
function limitLeaving(free: number, open: ReturnType<typeof descriptorsOf>): number {
  const used = new Set(open.map(({ fd }) => Number(fd)))
  let limit = 0
  for (let left = free; left > 0; limit++) if (!used.has(limit)) left--
  return limit
}
