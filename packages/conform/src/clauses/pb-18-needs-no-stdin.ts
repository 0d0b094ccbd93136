import type { Clause } from '../clause.ts'
import { verdict } from '../outcome.ts'
import { wait } from '../wait.ts'

export const clause: Clause = {
  id: 'PB-18',
  section: 'Boot',
  level: 'MUST',
  profiles: ['web', 'tcp', 'worker'],
  sentence: 'The process runs without a terminal and with stdin closed.',
  reason:
    'Containers and service managers give no stdin. A process that ends when stdin ends ' +
    'stops right after its start.',
  source: 'Docker, `docker run` without `-i`; systemd.exec(5), StandardInput=null',
  mend: 'Do not read stdin, and do not end when it ends.',
  check: async (subject) => {
    const running = await subject.start({ wrap: ['sh', '-c', 'exec "$@" <&-', 'sh'] })
    await wait(500)
    return verdict(
      await running.works(),
      'started with stdin closed',
      subject.works,
      await running.describe(),
    )
  },
}
