import { endsInTime } from '../checks/drain.ts'
import type { Clause } from '../clause.ts'
import { request } from '../connection.ts'

export const clause: Clause = {
  id: 'PB-44',
  section: 'Stopping',
  level: 'MUST',
  profiles: ['web', 'tcp'],
  sentence: 'Idle connections do not hold up the end.',
  reason:
    'A router keeps its connections open for minutes. A server that waits for them is ' +
    'killed at every deploy.',
  source: 'Go, `http.Server.Shutdown`; Node.js, `server.closeIdleConnections()`',
  mend: 'Close connections without a request once the listener is closed.',
  check: async (subject) => {
    const running = await subject.start()
    for (let count = 0; count < 5; count++) {
      const connection = await running.connect()
      if (subject.target.profile !== 'web') continue
      connection.send(request(subject.target.path))
      await connection.response()
    }
    running.signal('SIGTERM')
    return endsInTime(subject, running, 'SIGTERM with five idle connections')
  },
}
