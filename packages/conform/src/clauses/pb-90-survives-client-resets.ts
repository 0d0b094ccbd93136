import { settleMs } from '../checks/drain.ts'
import type { Clause } from '../clause.ts'
import { verdict } from '../outcome.ts'
import { type Connection, request } from '../connection.ts'
import { wait } from '../wait.ts'

export const clause: Clause = {
  id: 'PB-90',
  section: 'Faults',
  level: 'MUST',
  profiles: ['web', 'tcp'],
  sentence: 'Clients that reset their connections do not end the process.',
  reason: 'It happens at every moment of a connection, all day.',
  source: 'RFC 9293 section 3.10.7; Mooring, "Hostile inputs and faults"',
  mend: 'Handle the errors of sockets that nobody waits for any more.',
  check: async (subject) => {
    const running = await subject.start()
    const { slow, stream, echo } = subject.target.paths
    const fill = (template: string) =>
      template.replace('{ms}', '300').replace('{chunks}', '50').replace('{bytes}', '65536')
    const paths = [
      subject.target.path,
      ...[slow, stream].flatMap((path) => (path === undefined ? [] : [fill(path)])),
    ]
    for (let count = 0; count < 20; count++) {
      const connections: Connection[] = []
      for (const path of paths) {
        const connection = await running.connect()
        connection.send(request(path))
        connections.push(connection)
      }
      const upload = await running.connect()
      upload.send(
        request(echo ?? subject.target.path, {
          method: 'POST',
          headers: { 'Content-Length': '100000' },
        }) + 'x'.repeat(1_000),
      )
      await wait(count * 5)
      for (const connection of [...connections, upload]) connection.reset()
    }
    await wait(settleMs)
    return verdict(
      await running.works(),
      '20 rounds of requests, streams and uploads, each reset',
      subject.works,
      await running.describe(),
    )
  },
}
