import { inFlight } from '../checks/drain.ts'
import type { Clause } from '../clause.ts'
import { notApplicable, verdict } from '../outcome.ts'
import { sayExit } from '../running.ts'

export const clause: Clause = {
  id: 'PB-96',
  section: 'Stopping',
  level: 'SHOULD',
  profiles: ['web'],
  sentence: 'An end that cut a request off has another status than 0.',
  reason: 'With 0 a deploy that loses requests looks like one that does not.',
  source: 'systemd.service(5), `SuccessExitStatus`; Mooring, "Signals again" (exit codes)',
  mend: 'Exit with a status of its own where the deadline cut something off.',
  waits: true,
  check: async (subject) => {
    const running = await subject.start()
    await inFlight(running, subject.path('slow', { ms: 600_000 }, ['ms']))
    running.signal('SIGTERM')
    const exit = await running.exitWithin(subject.target.graceMs)
    if (exit === undefined) return notApplicable('it waits until it is killed; see PB-49')
    return verdict(
      exit.code !== 0,
      'SIGTERM while a handler never ends',
      'a status other than 0',
      sayExit(exit),
    )
  },
}
