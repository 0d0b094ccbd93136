import { createServer } from 'node:net'
import { refusal } from '../checks/refusal.ts'
import type { Clause } from '../clause.ts'
import { verdict } from '../outcome.ts'
import { freePort } from '../free-port.ts'

export const clause: Clause = {
  id: 'PB-11',
  section: 'Address',
  level: 'MUST',
  profiles: ['web', 'tcp'],
  sentence: 'A `PORT` that another process holds ends the start, with the reason on stderr.',
  reason:
    'A process that lives on without its port, or on another one, is counted as running ' +
    'and never answers.',
  source: 'gunicorn (5 tries, exit status 1); The Twelve-Factor App, VII',
  mend: 'Retry for a few seconds at most, then say why and exit with a status other than 0.',
  check: async (subject) => {
    const holder = createServer((socket) => socket.destroy())
    const port = await freePort()
    await new Promise<void>((resolve) => holder.listen(port, resolve))
    try {
      const seen = await refusal(subject, { port: String(port) })
      const holds = seen.isRefused && seen.stderr.trim() !== ''
      return verdict(
        holds,
        `port ${port}, which another process holds`,
        'a status other than 0, and the reason on stderr',
        seen.got,
      )
    } finally {
      holder.close()
    }
  },
}
