import { topicCases } from '@mooring/core/testing'
import { expect, test } from 'vitest'
import { indexed } from '../cases.ts'

/** Publishes to a topic of the app. @returns the id */
export async function publish(url: string, text: string, name = 'feed'): Promise<string> {
  return (await fetch(`${url}/${name}`, { method: 'POST', body: text })).text()
}

/** What was published, of an answer that ends with it. */
export async function textsOf(response: Response): Promise<string[]> {
  return (await response.text()).trim().split('\n').slice(1)
}

/** What a topic does on every runtime, for each adapter's tests. */
export function topicSuite(url: () => string): void {
  test.each(indexed(topicCases))('$name', async ({ index }) => {
    expect(await (await fetch(`${url()}/cases/${index}`)).text()).toBe('passed')
  })

  test('reaches the subscribers of other requests, and each topic only its own', async () => {
    const responses = await Promise.all([fetch(`${url()}/2`), fetch(`${url()}/2`)])
    await publish(url(), 'not for them', 'other')
    await publish(url(), 'a')
    await publish(url(), 'b')
    expect(await Promise.all(responses.map(textsOf))).toEqual([
      ['a', 'b'],
      ['a', 'b'],
    ])
  })
}
