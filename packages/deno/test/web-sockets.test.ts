import { afterAll, beforeAll, describe } from 'vitest'
import { statefulCases } from '../../core/test/web-sockets/stateful-cases.ts'
import { webSocketSuite } from '../../core/test/web-sockets/suite.ts'
import { topicCases } from '../../core/test/web-sockets/topic-cases.ts'
import { killAll } from '../../node/test/process.ts'
import { type Running, startApp } from '../../port-bound/test/launch.ts'

describe('on a port', () => {
  let server: Running
  beforeAll(async () => {
    server = await startApp('deno', 'web-sockets')
  })
  afterAll(killAll)

  webSocketSuite(() => ({ port: server.port, log: server.stdout }), {
    checksFrames: false,
    breach: 'end',
    ignoresOtherUpgrades: false,
    checksUtf8: true,
    showsKey: true,
    namesUpgrade: true,
  })
})

describe('with a declared state', () => {
  let server: Running
  beforeAll(async () => {
    server = await startApp('deno', 'stateful-web-sockets')
  })
  afterAll(killAll)

  statefulCases(() => ({ port: server.port, log: server.stdout }))
})

describe('fed by a topic', () => {
  let server: Running
  beforeAll(async () => {
    server = await startApp('deno', 'fed', { FEED_URL: 'memory:' })
  })
  afterAll(killAll)

  topicCases(() => ({ port: server.port, log: server.stdout }))
})
