import { endsInTime } from '../checks/drain.ts'
import type { Clause } from '../clause.ts'

export const clause: Clause = {
  id: 'PB-39',
  section: 'Stopping',
  level: 'MUST',
  profiles: ['web', 'tcp', 'worker'],
  sentence: 'SIGINT ends the process too.',
  reason: 'It is what Ctrl-C, `docker run -it` and some process managers send.',
  source: 'Foreman, Overmind; signal(7)',
  mend: 'Handle SIGINT like SIGTERM.',
  check: async (subject) => {
    const running = await subject.start()
    running.signal('SIGINT')
    return endsInTime(subject, running, 'SIGINT while idle')
  },
}
