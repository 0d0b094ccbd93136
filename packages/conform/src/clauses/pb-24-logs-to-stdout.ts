import type { Clause } from '../clause.ts'
import { verdict } from '../outcome.ts'
import { until } from '../wait.ts'

export const clause: Clause = {
  id: 'PB-24',
  section: 'Output',
  level: 'SHOULD',
  profiles: ['web', 'tcp', 'worker'],
  sentence:
    'The process says on stdout that it has started, at once and not when a buffer is full.',
  reason:
    'The platform collects stdout. What sits in a buffer is lost with the process, and ' +
    'comes too late for whoever watches a deploy.',
  source: 'The Twelve-Factor App, XI',
  mend:
    'Log to stdout, unbuffered (in Python `PYTHONUNBUFFERED=1`), not to a file and not to ' +
    'stderr.',
  check: async (subject) => {
    const running = await subject.start()
    const holds = await until(() => (running.stdout.trim() === '' ? undefined : true), 3_000)
    const got =
      running.stderr.trim() === '' ? 'nothing on stdout' : 'nothing on stdout, all on stderr'
    return verdict(holds === true, 'started it and read stdout for 3 s', 'at least one line', got)
  },
}
