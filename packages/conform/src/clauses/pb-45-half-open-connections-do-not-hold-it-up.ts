import { settleMs, endsInTime } from '../checks/drain.ts'
import type { Clause } from '../clause.ts'
import { request } from '../connection.ts'
import { wait } from '../wait.ts'

export const clause: Clause = {
  id: 'PB-45',
  section: 'Stopping',
  level: 'MUST',
  profiles: ['web'],
  sentence: 'Connections with no request, or half of one, do not hold up the end.',
  reason: 'Port scanners, load balancers that connect ahead, and slow clients leave them behind.',
  source:
    'Go, `http.Server.Shutdown` (StateNew for 5 s); measured: Node.js stops its time-outs ' +
    'at `close()`',
  mend: 'Close them after a short time while draining.',
  check: async (subject) => {
    const running = await subject.start()
    await running.connect()
    const partial = await running.connect()
    partial.send('GET / HTTP/1.1\r\nHost: local')
    const body = await running.connect()
    body.send(
      request(subject.target.path, { method: 'POST', headers: { 'Content-Length': '1000' } }) +
        'half',
    )
    await wait(settleMs)
    running.signal('SIGTERM')
    return endsInTime(
      subject,
      running,
      'SIGTERM with a silent connection, half a head and half a body',
    )
  },
}
