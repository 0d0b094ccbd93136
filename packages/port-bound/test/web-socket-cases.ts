import { afterAll, beforeAll, describe } from 'vitest'
import { statefulCases } from '../../core/test/web-sockets/stateful-cases.ts'
import { webSocketSuite } from '../../core/test/web-sockets/suite.ts'
import type { RuntimeFacts } from '../../core/test/web-sockets/target.ts'
import { topicCases } from '../../core/test/web-sockets/topic-cases.ts'
import { type Environment, killAll } from '../../node/test/process.ts'
import { type Running, type RuntimeName, startApp } from './launch.ts'
import type { SuiteApp } from './suite-apps.ts'

/** WebSockets on an adapter's own runtime, as on every other. */
export function webSocketCases(runtime: RuntimeName, facts: RuntimeFacts): void {
  let server: Running
  const target = () => ({ port: server.port, log: server.stdout })

  function startOnce(app: SuiteApp, env: Environment = {}): void {
    beforeAll(async () => {
      server = await startApp(runtime, app, env)
    })
    afterAll(killAll)
  }

  describe('on a port', () => {
    startOnce('web-sockets')
    webSocketSuite(target, facts)
  })

  describe('with a declared state', () => {
    startOnce('stateful-web-sockets')
    statefulCases(target)
  })

  describe('fed by a topic', () => {
    startOnce('fed', { FEED_URL: 'memory:' })
    topicCases(target)
  })
}
