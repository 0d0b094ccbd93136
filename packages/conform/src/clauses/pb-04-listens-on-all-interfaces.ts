import { networkInterfaces } from 'node:os'
import type { Clause } from '../clause.ts'
import { verdict } from '../outcome.ts'
import { Connection } from '../connection.ts'

export const clause: Clause = {
  id: 'PB-04',
  section: 'Address',
  level: 'MUST',
  profiles: ['web', 'tcp'],
  sentence: 'The process accepts connections on every IPv4 interface, not on loopback alone.',
  reason:
    'Inside a container the traffic comes from outside the network namespace. On ' +
    '127.0.0.1 the process looks healthy from within and is unreachable.',
  source:
    'Cloud Run container contract, "Listening for requests"; Fly.io, "Connecting to an ' +
    'app service"',
  mend: 'Listen on `::` or `0.0.0.0`.',
  check: async (subject) => {
    const running = await subject.start()
    const outside = Object.values(networkInterfaces())
      .flatMap((addresses) => addresses ?? [])
      .find(({ family, internal }) => family === 'IPv4' && !internal)
    // The whole of 127.0.0.0/8 is loopback: a listener on 127.0.0.1 alone does not get 127.0.0.2.
    const host = outside?.address ?? '127.0.0.2'
    const connection = await Connection.open(running.port, host)
    connection?.close()
    return verdict(
      connection !== undefined,
      `connected to ${host}:${running.port}`,
      'an accepted connection',
      'connection refused',
    )
  },
}
