import { needReadable, nobody } from '../checks/system.ts'
import type { Clause } from '../clause.ts'
import { verdict } from '../outcome.ts'

export const clause: Clause = {
  id: 'PB-31',
  section: 'Configuration and files',
  level: 'MUST',
  profiles: ['web', 'tcp', 'worker'],
  sentence: 'The process runs as a user without privileges.',
  reason:
    "Platforms refuse or remap root. What needs root works on the author's machine and " +
    'nowhere else.',
  source: 'Kubernetes Pod Security Standards, "Restricted" (runAsNonRoot)',
  mend: 'Read nothing that only root may read, and bind a port above 1023.',
  check: async (subject) => {
    if (process.getuid?.() !== 0) {
      const own = await subject.start()
      return verdict(
        await own.works(),
        `started as user ${process.getuid?.()}`,
        subject.works,
        await own.describe(),
      )
    }
    needReadable(subject.target.cwd)
    const running = await subject.start({ uid: nobody })
    return verdict(
      await running.works(),
      `started as user ${nobody}`,
      subject.works,
      await running.describe(),
    )
  },
}
