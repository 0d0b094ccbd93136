import { needProc } from '../checks/system.ts'
import type { Clause } from '../clause.ts'
import { verdict } from '../outcome.ts'
import { request } from '../connection.ts'
import { connectionsTo } from '../proc.ts'
import { until } from '../wait.ts'

export const clause: Clause = {
  id: 'PB-70',
  section: 'Limits and slow clients',
  level: 'SHOULD',
  profiles: ['web'],
  sentence: 'A client that stops reading is cut off.',
  reason: 'Its answer is kept in memory for as long as it likes.',
  source: 'CWE-400; nginx, `send_timeout` (60 s); the time here is `--stall-ms`',
  mend: 'Give writing a time-out that every bit of progress restarts.',
  waits: true,
  check: async (subject) => {
    needProc()
    const { stallMs } = subject.target
    const running = await subject.start()
    const connection = await running.connect()
    const path = subject.path('stream', { chunks: 4_096, ms: 0, bytes: 65_536 }, ['bytes'])
    connection.send(request(path))
    await connection.receives(1, 5_000)
    connection.stopReading()
    const isCut = await until(
      () => (connectionsTo(running.port) === 0 ? true : undefined),
      stallMs,
      100,
    )
    return verdict(
      isCut === true,
      'a client that stops reading in an answer of 256 MB',
      `the end of the connection within ${stallMs / 1000} s`,
      'the connection stays open',
    )
  },
}
