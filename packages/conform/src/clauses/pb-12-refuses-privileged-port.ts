import { readFileSync } from 'node:fs'
import { refusal } from '../checks/refusal.ts'
import { needProc, needReadable, needTool, nobody } from '../checks/system.ts'
import type { Clause } from '../clause.ts'
import { notApplicable, verdict } from '../outcome.ts'

const port = 81

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
    const isRoot = process.getuid?.() === 0
    const sysctl = '/proc/sys/net/ipv4/ip_unprivileged_port_start'
    const isOpen = Number(readFileSync(sysctl, 'utf8')) <= port
    if (isOpen && !isRoot) return notApplicable(`here every user may bind port ${port}`)
    if (isRoot) needReadable(subject.target.cwd)
    // A network of its own has the kernel's default, whatever the machine allows.
    if (isOpen) needTool('unshare', '--net', 'true')
    const seen = await refusal(subject, {
      port: String(port),
      ...(isRoot ? { uid: nobody } : {}),
      ...(isOpen ? { wrap: ['unshare', '--net'] } : {}),
    })
    return verdict(
      seen.isRefused && seen.stderr.trim() !== '',
      `port ${port} as a user without privileges`,
      'a status other than 0, and the reason on stderr',
      seen.got,
    )
  },
}
