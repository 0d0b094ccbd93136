import { networkInterfaces } from 'node:os'
import type { Clause } from '../clause.ts'
import { notApplicable, verdict } from '../outcome.ts'
import { Connection } from '../connection.ts'

export const clause: Clause = {
  id: 'PB-05',
  section: 'Address',
  level: 'SHOULD',
  profiles: ['web', 'tcp'],
  sentence: 'The process accepts IPv6 connections where the machine has IPv6.',
  reason: 'On IPv6-only and dual-stack networks routers and probes come by IPv6.',
  source: 'Puma, "DSL#bind"; Fly.io private networking; Kubernetes, "IPv4/IPv6 dual-stack"',
  mend: 'Listen on `::` without IPV6_V6ONLY.',
  check: async (subject) => {
    const hasIpv6 = Object.values(networkInterfaces()).some((addresses) =>
      addresses?.some(({ family }) => family === 'IPv6'),
    )
    if (!hasIpv6) return notApplicable('this machine has no IPv6')
    const running = await subject.start()
    const connection = await Connection.open(running.port, '::1')
    connection?.close()
    return verdict(
      connection !== undefined,
      `connected to [::1]:${running.port}`,
      'an accepted connection',
      'connection refused',
    )
  },
}
