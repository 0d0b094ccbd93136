import type { Clause } from '../clause.ts'
import { verdict } from '../outcome.ts'
import { sayExit } from '../running.ts'

export const clause: Clause = {
  id: 'PB-36',
  section: 'Process',
  level: 'MUST',
  profiles: ['web', 'tcp', 'worker'],
  sentence: 'The process stays in the foreground.',
  reason:
    'A command that puts itself into the background has ended as far as the platform can see.',
  source: 'The Twelve-Factor App, VIII ("should never daemonize")',
  mend: 'Switch off the daemon mode.',
  check: async (subject) => {
    const running = await subject.start()
    const exit = await running.exitWithin(1_500)
    return verdict(
      exit === undefined,
      'started it and waited for 1.5 s',
      'the same process running',
      `${sayExit(exit)}, while something goes on answering`,
    )
  },
}
