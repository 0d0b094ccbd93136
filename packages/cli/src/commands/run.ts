import type { Command } from '../command.ts'

export const runCommand: Command = {
  usage: 'run <name> [folder]',
  description: 'Run one schedule of a port-bound app now, for a scheduler outside of it',
  options: [],
  examples: ['mooring run cleanup', 'mooring run cleanup apps/links-node'],
  run: async ({ folders }) => {
    const { runSchedule } = await import('../run/run-schedule.ts')
    return runSchedule(folders[0] ?? '', folders[1] ?? '.')
  },
}
