import { readFileSync } from 'node:fs'
import { refusal } from '../checks/refusal.ts'
import { needProc, needReadable, nobody } from '../checks/system.ts'
import { type Clause, notApplicable, verdict } from '../clause.ts'

export const clause: Clause = {
  id: 'PB-12',
  section: 'Address',
  level: 'MUST',
  profiles: ['web', 'tcp'],
  sentence: 'A port that the user may not bind ends the start, with the reason on stderr.',
  reason: 'Platforms run processes as another user than root. Port 80 fails only there.',
  source: 'ip(7), `ip_unprivileged_port_start`; Kubernetes Pod Security Standards, "Restricted"',
  mend: 'Let the error of `bind` end the process, and print it.',
  check: async (subject) => {
    needProc()
    const first = Number(readFileSync('/proc/sys/net/ipv4/ip_unprivileged_port_start', 'utf8'))
    if (first <= 81) return notApplicable('here every user may bind port 81')
    const isRoot = process.getuid?.() === 0
    if (isRoot) needReadable(subject.target.cwd)
    const seen = await refusal(subject, { port: '81', ...(isRoot ? { uid: nobody } : {}) })
    return verdict(
      seen.isRefused && seen.stderr.trim() !== '',
      'port 81 as a user without privileges',
      'a status other than 0, and the reason on stderr',
      seen.got,
    )
  },
}
