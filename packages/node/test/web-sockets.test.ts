import { afterAll, beforeAll, describe } from 'vitest'
import { webSocketSuite } from '../../core/test/web-sockets/suite.ts'
import { killAll, type Server, startServer } from './process.ts'

describe('on a port', () => {
  let server: Server
  beforeAll(async () => {
    server = await startServer('web-sockets.ts')
  })
  afterAll(killAll)

  webSocketSuite(() => ({ port: server.port, log: server.stdout }), {
    checksFrames: true,
    breach: 'code',
    closesWithoutCode: true,
    ignoresOtherUpgrades: true,
    checksUtf8: true,
    showsKey: true,
    namesUpgrade: true,
  })
})
