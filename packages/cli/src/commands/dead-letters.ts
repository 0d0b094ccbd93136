import type { Command } from '../command.ts'

export const deadLettersCommand: Command = {
  usage: 'dead-letters <queue> [folder]',
  description: 'List what a queue of a port-bound app gave up, or send it anew',
  options: [{ flags: '--replay', description: 'Send all of them anew' }],
  examples: ['mooring dead-letters mails apps/my-node', 'mooring dead-letters mails --replay'],
  run: async ({ folders: [queue = '', folder = '.'], values }) => {
    const { runProgram } = await import('../run/run-program.ts')
    const verb = values['replay']?.[0] === 'true' ? 'replay' : 'list'
    return runProgram(folder, { MOORING_DEAD_LETTERS: `${verb} ${queue}` })
  },
}
