import type { Clause } from '../clause.ts'
import { verdict } from '../outcome.ts'

export const clause: Clause = {
  id: 'PB-86',
  section: 'Faults',
  level: 'SHOULD',
  profiles: ['web'],
  sentence: 'The answer to a fault tells nothing about its cause.',
  reason: 'Messages and stacks hold paths, queries, versions and sometimes secrets.',
  source: 'CWE-209; OWASP, "Error Handling Cheat Sheet"',
  mend: 'Answer with the status and an identifier; write the rest to the log.',
  check: async (subject) => {
    const running = await subject.start()
    const path = subject.path('throw', { kind: 'async' })
    const answer = await running.ask(path)
    const body = answer.body.toString()
    const isTold =
      /conform-secret|on purpose|^\s+at |Traceback|File "|\.(js|ts|py|rb|go|java):\d+/m.test(body)
    return verdict(
      !isTold,
      `GET ${path}, whose error says "conform-secret"`,
      'a body without message and stack',
      body.slice(0, 300),
    )
  },
}
