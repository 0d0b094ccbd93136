import { queueCases } from '@mooring/core/testing'
import { expect, test } from 'vitest'
import { indexed } from '../cases.ts'
import type { WorkMessage } from './app.ts'

/** What every driver does, for each adapter's tests. The cases wait most of the time. */
export function queueSuite(url: () => string): void {
  test.concurrent.each(indexed(queueCases))('$name', async ({ index }) => {
    const response = await fetch(`${url()}/cases/${index}`)
    expect(await response.text()).toBe('passed')
  })
}

/** Sends messages. @returns the answer, which is 202 */
export function sendWork(url: string, ...messages: readonly WorkMessage[]): Promise<Response> {
  return fetch(`${url}/work`, { method: 'POST', body: JSON.stringify(messages) })
}
