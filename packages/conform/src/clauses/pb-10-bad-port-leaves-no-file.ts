import { refusal } from '../checks/refusal.ts'
import type { Clause } from '../clause.ts'
import { verdict } from '../outcome.ts'

export const clause: Clause = {
  id: 'PB-10',
  section: 'Address',
  level: 'MUST',
  profiles: ['web', 'tcp'],
  sentence: 'A bad `PORT` leaves no file behind.',
  reason:
    'A socket file named `abc` in the working directory is the sign of a server that took ' +
    'the port for a path.',
  source: 'Node.js documentation, `server.listen(path)`',
  mend: 'Convert the port to a number before it reaches `listen`.',
  check: async (subject) => {
    const { hasMadeFile, got } = await refusal(subject, { port: 'pb10-no-port' })
    return verdict(
      !hasMadeFile,
      `${subject.target.portVariable}=pb10-no-port`,
      'no file of that name in its folder',
      got,
    )
  },
}
