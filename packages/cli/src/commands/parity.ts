import { MooringError } from '@mooring/core'
import { flagsOf, options } from '@mooring/parity/options'
import type { Command } from '../command.ts'

export const parityCommand: Command = {
  usage: 'parity [...folders]',
  description: 'Replay requests against an app under each contract, and compare what a client sees',
  options: options.map((option) => ({ flags: flagsOf(option), description: option.description })),
  examples: [
    'mooring parity',
    'mooring parity apps/links-node apps/links-edge --env STORE_URL=memory:',
    'mooring parity --generate 1000 --seed 7',
    'mooring parity --targets node,node@22,workerd,bun@1,deno@2',
    'mooring parity --record parity/recorded.http',
    'mooring parity --junit=parity.xml --json=parity.json',
  ],
  run: async ({ argv }) => {
    const { parity, UsageError } = await import('@mooring/parity')
    try {
      return await parity(argv)
    } catch (error) {
      if (!(error instanceof UsageError)) throw error
      throw new MooringError('MOORING_E_CLI', {
        message: `${error.message}.`,
        fix:
          error.fix ??
          'mooring parity --help has the options, and the README of @mooring/parity how cases are written',
        cause: error,
      })
    }
  },
}
