import type { Clause } from '../clause.ts'
import { verdict } from '../outcome.ts'
import { request } from '../connection.ts'

export const clause: Clause = {
  id: 'PB-53',
  section: 'Stopping',
  level: 'MUST',
  profiles: ['web', 'tcp'],
  sentence: 'After its end the same port can be taken at once, also when clients were connected.',
  reason: 'Connections in TIME_WAIT hold the port for a minute unless the listener says otherwise.',
  source: 'socket(7), SO_REUSEADDR',
  mend: 'Set SO_REUSEADDR on the listener; most runtimes do.',
  check: async (subject) => {
    const first = await subject.start()
    const connection = await first.connect()
    if (subject.target.profile === 'web') {
      connection.send(request(subject.target.path))
      await connection.response()
    }
    first.signal('SIGKILL')
    await first.exit
    await first.kill()
    const second = await subject.start({ port: String(first.port) })
    return verdict(
      await second.works(),
      'SIGKILL with a client connected, then a start on the same port',
      subject.works,
      await second.describe(),
    )
  },
}
