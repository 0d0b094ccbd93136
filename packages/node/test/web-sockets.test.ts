import { afterAll, beforeAll, describe } from 'vitest'
import { statefulCases } from '../../core/test/web-sockets/stateful-cases.ts'
import { webSocketSuite } from '../../core/test/web-sockets/suite.ts'
import type { RuntimeFacts } from '../../core/test/web-sockets/target.ts'
import { killAll, type Server, startServer } from './process.ts'

const facts: RuntimeFacts = {
  checksFrames: true,
  breach: 'code',
  ignoresOtherUpgrades: true,
  checksUtf8: true,
  showsKey: true,
  namesUpgrade: true,
}

describe('on a port', () => {
  let server: Server
  beforeAll(async () => {
    server = await startServer('web-sockets.ts')
  })
  afterAll(killAll)

  webSocketSuite(() => ({ port: server.port, log: server.stdout }), facts)
})

describe('with a declared state', () => {
  let server: Server
  beforeAll(async () => {
    server = await startServer('stateful-web-sockets.ts')
  })
  afterAll(killAll)

  const target = () => ({ port: server.port, log: server.stdout })
  statefulCases(target)
  webSocketSuite(target, facts)
})
