import { inFlight, answered } from '../checks/drain.ts'
import type { Clause } from '../clause.ts'

export const clause: Clause = {
  id: 'PB-41',
  section: 'Stopping',
  level: 'MUST',
  profiles: ['web'],
  sentence:
    'A response that is being streamed when SIGTERM comes is ended the way that its ' +
    'framing announces.',
  reason:
    'A client cannot tell a stream that was cut off from one that is broken, unless it is ' +
    'ended properly.',
  source: 'RFC 9112 section 8 (incomplete messages); Mooring, shutdown step 4',
  mend:
    'Let streams finish, or end them with their last chunk; destroy nothing before the ' +
    'deadline.',
  check: async (subject) => {
    const running = await subject.start()
    const connection = await inFlight(
      running,
      subject.path('stream', { chunks: 15, ms: 100, bytes: 32 }),
    )
    await connection.receives(1, 5_000)
    running.signal('SIGTERM')
    return answered(
      'SIGTERM in the middle of a streamed response',
      await connection.response(subject.target.graceMs),
    )
  },
}
