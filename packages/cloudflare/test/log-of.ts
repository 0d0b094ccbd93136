import type { TestHarness } from 'wrangler'

/** What a Worker has logged so far, a line each. */
export function logOf(server: TestHarness): string {
  return server
    .getLogs()
    .map(({ message }) => message)
    .join('\n')
}
