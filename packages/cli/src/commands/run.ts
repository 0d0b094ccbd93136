import type { Command } from '../command.ts'

export const runCommand: Command = {
  usage: 'run <name> [folder]',
  description: 'Run one schedule of a port-bound app now, for a scheduler outside of it',
  options: [],
  examples: ['mooring run cleanup', 'mooring run cleanup apps/links-node'],
  run: async ({ folders }) => {
    const { runProgram } = await import('../run/run-program.ts')
    return runProgram(folders[1] ?? '.', { MOORING_RUN: folders[0] ?? '' })
  },
}
