import { lateRouter } from '../checks/drain.ts'
import { Router } from '../checks/router.ts'
import type { Clause } from '../clause.ts'
import { verdict } from '../outcome.ts'
import { wait } from '../wait.ts'

export const clause: Clause = {
  id: 'PB-52',
  section: 'Stopping',
  level: 'SHOULD',
  profiles: ['web'],
  sentence: 'Behind a router that notices late, no request is lost.',
  reason:
    'Kubernetes takes a Pod out of its services at the same time as it sends SIGTERM. For ' +
    'a second or more, new connections still come.',
  source:
    'Kubernetes, "Termination of Pods" (step 3); Knative queue-proxy, `drain.go`; Caddy, ' +
    '`shutdown_delay`',
  mend:
    'Keep accepting for some seconds after SIGTERM, with `Connection: close`, until no ' +
    'request comes any more.',
  check: async (subject) => {
    const { routerMs, path } = subject.target
    const running = await subject.start({ env: lateRouter })
    const router = new Router(running, path)
    await wait(500)
    running.signal('SIGTERM')
    await wait(routerMs)
    const { lost, answered } = await router.stop()
    return verdict(
      lost.length === 0,
      `requests until ${routerMs / 1000} s after SIGTERM, in the environment of Kubernetes`,
      'all answered',
      `${lost.length} of ${answered + lost.length} lost: ${lost[0]}`,
    )
  },
}
