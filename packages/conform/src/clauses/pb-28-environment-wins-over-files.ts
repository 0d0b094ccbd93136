import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Clause } from '../clause.ts'
import { pass, fail, notApplicable } from '../outcome.ts'
import { freePort } from '../free-port.ts'
import { listeningPorts } from '../proc.ts'

export const clause: Clause = {
  id: 'PB-28',
  section: 'Configuration and files',
  level: 'MUST',
  profiles: ['web', 'tcp'],
  sentence: 'The environment wins over files that lie around.',
  reason: 'A `.env` that was left in an image must not override what the platform sets.',
  source: 'The Twelve-Factor App, III; dotenv, "override: false"',
  mend: 'Read no configuration file in production, or let the variables that are set win.',
  check: async (subject) => {
    const decoy = await freePort()
    const folder = subject.folder()
    const home = subject.folder()
    for (const place of [folder, home]) {
      for (const name of ['.env', '.env.local', '.env.production']) {
        writeFileSync(join(place, name), `${subject.target.portVariable}=${decoy}\n`)
      }
    }
    const running = await subject.start({ inScratch: folder, env: { HOME: home }, isEarly: true })
    if (await running.worksWithin(subject.target.bootMs)) return pass
    const isDecoyed = listeningPorts(running.family).some(({ port }) => port === decoy)
    if (!isDecoyed) return notApplicable('it does not start in another folder than its own')
    return fail(
      `a .env that says ${decoy} in its folder and its home`,
      `port ${running.port}, as the environment says`,
      `port ${decoy}`,
    )
  },
}
