import { afterAll, beforeAll, describe } from 'vitest'
import { statefulCases } from '../../core/test/web-sockets/stateful-cases.ts'
import { webSocketSuite } from '../../core/test/web-sockets/suite.ts'
import { topicCases } from '../../core/test/web-sockets/topic-cases.ts'
import { killAll } from '../../node/test/process.ts'
import { type Running, startApp } from '../../port-bound/test/launch.ts'

describe('on a port', () => {
  let server: Running
  beforeAll(async () => {
    server = await startApp('bun', 'web-sockets')
  })
  afterAll(killAll)

  webSocketSuite(() => ({ port: server.port, log: server.stdout }), {
    checksFrames: true,
    breach: 'reason',
    ignoresOtherUpgrades: true,
    checksUtf8: true,
    showsKey: true,
    namesUpgrade: true,
  })
})

describe('with a declared state', () => {
  let server: Running
  beforeAll(async () => {
    server = await startApp('bun', 'stateful-web-sockets')
  })
  afterAll(killAll)

  statefulCases(() => ({ port: server.port, log: server.stdout }))
})

describe('fed by a topic', () => {
  let server: Running
  beforeAll(async () => {
    server = await startApp('bun', 'fed', { FEED_URL: 'memory:' })
  })
  afterAll(killAll)

  topicCases(() => ({ port: server.port, log: server.stdout }))
})
