import type { Command } from '../command.ts'

export const devCommand: Command = {
  usage: 'dev [...folders]',
  description: 'Serve an app port-bound and injected, side by side',
  options: [
    {
      flags: '--with <name=folder>',
      description: 'Start the app in that folder as the backing service of that name',
    },
  ],
  examples: [
    'mooring dev',
    'mooring dev apps/links-node apps/links-edge --with preview=apps/preview',
  ],
  run: async ({ folders, values }) => {
    const { dev } = await import('../dev/dev.ts')
    return dev(folders, values['with'] ?? [])
  },
}
