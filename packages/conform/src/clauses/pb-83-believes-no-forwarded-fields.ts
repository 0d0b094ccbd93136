import { outsideAddress } from '../checks/system.ts'
import { say } from '../answer.ts'
import type { Clause } from '../clause.ts'
import { verdict } from '../outcome.ts'

export const clause: Clause = {
  id: 'PB-83',
  section: 'Hostile input',
  level: 'MUST',
  profiles: ['web'],
  sentence: '`Forwarded` and `X-Forwarded-*` of a client that nobody named are not believed.',
  reason:
    'Anyone could choose the address that is logged, limited and allowed, and the scheme ' +
    'and host of links.',
  source: 'RFC 7239 section 8.1; Mooring, "Hostile inputs and faults"',
  mend: 'Read them only from peers in a list of trusted addresses.',
  check: async (subject) => {
    const running = await subject.start()
    const headers = {
      'X-Forwarded-For': '203.0.113.77',
      'X-Forwarded-Host': 'evil.example',
      'X-Forwarded-Proto': 'https',
      'X-Real-IP': '203.0.113.77',
      Forwarded: 'for=203.0.113.77;host=evil.example;proto=https',
    }
    const path = subject.path('client')
    const answer = await running.ask(path, { headers, host: outsideAddress() })
    const body = answer.body.toString()
    const isBelieved = /203\.0\.113\.77|evil\.example|https:/.test(body)
    return verdict(
      answer.status === 200 && !isBelieved,
      `GET ${path} with forwarded fields for 203.0.113.77, evil.example and https`,
      'the address of the peer',
      `${say(answer)} ${body.slice(0, 200)}`,
    )
  },
}
