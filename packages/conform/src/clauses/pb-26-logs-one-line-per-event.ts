import type { Clause } from '../clause.ts'
import { verdict } from '../outcome.ts'
import { wait } from '../wait.ts'

export const clause: Clause = {
  id: 'PB-26',
  section: 'Output',
  level: 'SHOULD',
  profiles: ['web'],
  sentence: 'An event is one line, also when it is an error with a stack.',
  reason:
    'Collectors split at newlines. A stack over twenty lines becomes twenty events, mixed ' +
    'with those of other requests.',
  source: 'The Twelve-Factor App, XI ("one event per line")',
  mend: 'Log JSON, with the stack as one field.',
  check: async (subject) => {
    const running = await subject.start()
    await running.ask(subject.path('throw', { kind: 'async' }))
    await wait(500)
    const line = `${running.stdout}\n${running.stderr}`
      .split('\n')
      .find((each) => /^\s+(at|File|from) .|^Traceback|^goroutine /.test(each))
    return verdict(
      line === undefined,
      'a request whose handler fails, then read stdout and stderr',
      'one line for it',
      `a line of a stack by itself: ${line?.trim()}`,
    )
  },
}
