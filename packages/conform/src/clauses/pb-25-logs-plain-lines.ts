import type { Clause } from '../clause.ts'
import { verdict } from '../outcome.ts'
import { wait } from '../wait.ts'
import { isControl, lastLine } from '../text.ts'

export const clause: Clause = {
  id: 'PB-25',
  section: 'Output',
  level: 'MUST',
  profiles: ['web', 'tcp', 'worker'],
  sentence: 'What is written to stdout is whole lines of text without control characters.',
  reason:
    'Colours and cursor movements make lines that no log search finds; a line that is ' +
    'never ended never arrives.',
  source: 'The Twelve-Factor App, XI; no-color.org',
  mend: 'Write colours only to a terminal, and end every event with a newline.',
  check: async (subject) => {
    const running = await subject.start()
    if (subject.target.profile === 'web')
      for (let count = 0; count < 3; count++) await running.ask()
    await wait(500)
    const text = running.stdout
    const control = Array.from(text).find(isControl)
    const line = text.split('\n').find((each) => control !== undefined && each.includes(control))
    const got =
      control === undefined
        ? `an unfinished line: ${lastLine(text)}`
        : `a control character in ${JSON.stringify(line)}`
    return verdict(
      control === undefined && (text === '' || text.endsWith('\n')),
      'read stdout while it worked',
      'whole lines of plain text',
      got,
    )
  },
}
