import { spawnSync } from 'node:child_process'
import type { Server } from './process.ts'

/** Where a server answers probes and metrics. */
export async function adminUrl(server: Server): Promise<string> {
  const { admin } = await server.event('listening')
  return (admin as string).replace('localhost', '127.0.0.1')
}

export async function readMetrics(url: string): Promise<string> {
  return (await fetch(`${url}/metrics`)).text()
}

/** The value of the one series of this name and these labels; `undefined` where there is none. */
export function valueOf(text: string, series: string): number | undefined {
  const line = text.split('\n').find((candidate) => candidate.startsWith(`${series} `))
  return line === undefined ? undefined : Number(line.slice(series.length))
}

/**
 * Whether Prometheus's own checker is here. CI has it; elsewhere the test that needs it is left out
 * with a warning.
 */
export function hasPromtool(): boolean {
  const found = spawnSync('promtool', ['--version']).error === undefined
  if (!found && process.env['CI']) throw new Error('promtool is not installed')
  if (!found) console.warn('promtool is not installed: THE FORMAT OF /metrics IS NOT CHECKED')
  return found
}
