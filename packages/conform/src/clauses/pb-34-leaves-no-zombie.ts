import { needProc } from '../checks/system.ts'
import type { Clause } from '../clause.ts'
import { verdict } from '../outcome.ts'
import { zombiesAmong } from '../proc.ts'
import { wait } from '../wait.ts'

export const clause: Clause = {
  id: 'PB-34',
  section: 'Process',
  level: 'MUST',
  profiles: ['web', 'tcp', 'worker'],
  sentence: 'The process asks after every child that ends.',
  reason:
    'Children that nobody waits for stay as zombies until no process can be started any more.',
  source: 'wait(2), "Notes"; Docker, "tini"',
  mend: 'Wait for the children, or start them through an init.',
  check: async (subject) => {
    needProc()
    const running = await subject.start()
    if (subject.target.profile === 'web')
      for (let count = 0; count < 5; count++) await running.ask()
    await wait(1_500)
    const zombies = zombiesAmong(running.family)
    return verdict(
      zombies.length === 0,
      'looked at its children after some work',
      'no zombie',
      `zombies: ${zombies.join(', ')}`,
    )
  },
}
