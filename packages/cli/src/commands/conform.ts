import { MooringError } from '@mooring/core'
import { flagsOf, options } from '@mooring/conform/options'
import type { Command } from '../command.ts'

export const conformCommand: Command = {
  usage: 'conform [...command]',
  synopsis: 'conform [options] -- command [arguments]',
  description: 'Hold a command, in any language, against the contract of port binding',
  options: options.map((option) => ({ flags: flagsOf(option), description: option.description })),
  examples: [
    'mooring conform -- node dist/main.js',
    'mooring conform --only PB-07,PB-40 --json -- node dist/main.js',
    'mooring conform --profile worker -- node dist/jobs.js',
  ],
  run: async ({ argv }) => {
    const { conform, UsageError } = await import('@mooring/conform')
    try {
      return await conform(argv)
    } catch (error) {
      if (!(error instanceof UsageError)) throw error
      throw new MooringError('MOORING_E_CLI', {
        message: `${error.message}.`,
        fix: 'see what there is with: mooring conform --help',
        cause: error,
      })
    }
  },
}
