import { expect, test } from 'vitest'

/** The app of these tests, as one adapter runs it, and has run its schedules of one minute. */
export interface ScheduleTarget {
  readonly url: string
  /** The minute, as the schedules are told it. */
  readonly minute: string
  /** All that was logged so far. */
  readonly log: () => string
}

/** What a schedule does on every runtime, for each adapter's tests. */
export function scheduleSuite(target: () => ScheduleTarget): void {
  const keys = async () => (await (await fetch(`${target().url}/keys`)).json()) as string[]
  const runs = async () => (await keys()).filter((key) => key.startsWith('sweep/'))

  test('runs once, with its minute, the config and the resources', async () => {
    await expect.poll(async () => (await runs()).length).toBe(1)
    const [key] = await runs()
    expect(key!.split('/')[1]).toBe(target().minute)
    expect(await (await fetch(`${target().url}/value/${key}`)).text()).toBe('hello')
  })

  test('one that fails is an error in the log, and stops no other', async () => {
    const failures = () =>
      target()
        .log()
        .split('\n')
        .filter((line) => line.includes('schedule bad failed'))
    await expect.poll(() => failures().length).toBe(1)
    expect(JSON.parse(failures()[0]!)).toMatchObject({
      level: 'error',
      scheduledAt: target().minute,
      error: { message: 'on purpose' },
    })
  })

  test('what is due at another time does not run', async () => {
    expect(await keys()).not.toContain('yearly')
  })

  test('nothing but the app’s own keys is in its store', async () => {
    expect((await keys()).filter((key) => !key.startsWith('sweep/'))).toEqual([])
  })
}
