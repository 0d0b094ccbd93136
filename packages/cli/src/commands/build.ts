import type { Command } from '../command.ts'

export const buildCommand: Command = {
  usage: 'build [folder]',
  description: 'Bundle the port-bound app of a folder for production',
  options: [],
  examples: ['mooring build', 'mooring build apps/links-node'],
  run: async ({ folders }) => {
    const { build } = await import('../build/build.ts')
    return build(folders[0] ?? '.')
  },
}
