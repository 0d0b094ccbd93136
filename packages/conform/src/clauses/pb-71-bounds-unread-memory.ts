import { needProc } from '../checks/system.ts'
import type { Clause } from '../clause.ts'
import { verdict } from '../outcome.ts'
import { request } from '../connection.ts'
import { residentBytes } from '../proc.ts'
import { wait } from '../wait.ts'

export const clause: Clause = {
  id: 'PB-71',
  section: 'Limits and slow clients',
  level: 'SHOULD',
  profiles: ['web'],
  sentence: 'An answer that nobody reads is not piled up in memory.',
  reason: 'A few slow downloads would otherwise end the process.',
  source: 'Node.js documentation, "Backpressuring in Streams"',
  mend: 'Produce the next part only when the last one has been taken.',
  check: async (subject) => {
    needProc()
    const running = await subject.start()
    await running.ask()
    const before = residentBytes(running.family)
    const connection = await running.connect()
    connection.stopReading()
    connection.send(
      request(subject.path('stream', { chunks: 4_096, ms: 0, bytes: 65_536 }, ['bytes'])),
    )
    let most = 0
    for (let count = 0; count < 20; count++) {
      await wait(150)
      most = Math.max(most, residentBytes(running.family) - before)
    }
    const megabytes = Math.round(most / 1_048_576)
    return verdict(
      megabytes < 128,
      'a client that reads nothing of 256 MB',
      'less than 128 MB more memory',
      `${megabytes} MB more`,
    )
  },
}
