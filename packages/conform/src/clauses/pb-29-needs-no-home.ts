import type { Clause } from '../clause.ts'
import { verdict } from '../outcome.ts'

export const clause: Clause = {
  id: 'PB-29',
  section: 'Configuration and files',
  level: 'SHOULD',
  profiles: ['web', 'tcp', 'worker'],
  sentence: 'The process starts without `HOME`.',
  reason:
    'With an arbitrary user id, as OpenShift gives it, there is no home and often no ' +
    'entry in passwd.',
  source: 'OpenShift, "Support arbitrary user ids"; The Twelve-Factor App, III',
  mend: 'Do not look for anything in the home directory.',
  check: async (subject) => {
    const running = await subject.start({ env: { HOME: undefined } })
    return verdict(
      await running.works(),
      'started without HOME',
      subject.works,
      await running.describe(),
    )
  },
}
