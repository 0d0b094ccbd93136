import { refusal } from '../checks/refusal.ts'
import type { Clause } from '../clause.ts'
import { verdict } from '../outcome.ts'

export const clause: Clause = {
  id: 'PB-14',
  section: 'Address',
  level: 'SHOULD',
  profiles: ['web', 'tcp'],
  sentence: 'The reason names the variable or the value that is wrong.',
  reason: '"Invalid argument" does not tell which of forty variables to look at.',
  source: '@sveltejs/adapter-node, `env.js`; gunicorn, "\'abc\' is not a valid port number."',
  mend: 'Print the name of the variable, its value and what was expected.',
  check: async (subject) => {
    const value = 'pb14-no-port'
    const seen = await refusal(subject, { port: value })
    const isNamed =
      seen.stderr.includes(value) ||
      new RegExp(`\\b${subject.target.portVariable}\\b`).test(seen.stderr)
    return verdict(
      seen.exit !== undefined && isNamed,
      `${subject.target.portVariable}=${value}`,
      'an end, and stderr that names the variable or its value',
      seen.got,
    )
  },
}
