import { afterAll, beforeAll, describe } from 'vitest'
import { webSocketSuite } from '../../core/test/web-sockets/suite.ts'
import { killAll } from '../../node/test/process.ts'
import { type Running, start } from '../../port-bound/test/launch.ts'

describe('on a port', () => {
  let server: Running
  beforeAll(async () => {
    server = await start('bun', 'web-sockets.ts')
  })
  afterAll(killAll)

  webSocketSuite(() => ({ port: server.port, log: server.stdout }), {
    checksFrames: true,
    breach: 'reason',
    closesWithoutCode: false,
    ignoresOtherUpgrades: true,
    checksUtf8: true,
    showsKey: true,
    namesUpgrade: true,
  })
})
