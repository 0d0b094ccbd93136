import { setTimeout as delay } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { get, startDev } from './support/dev.ts'
import { copyProject } from './support/project.ts'

/** user_namespaces(7): the limits of a new user namespace are for its processes alone. */
const withoutWatches = [
  'unshare',
  '--map-root-user',
  'sh',
  '-c',
  'echo 2 >/proc/sys/user/max_inotify_watches && exec "$@"',
  'sh',
]

test('folders that the system does not watch are polled, and that is told', async () => {
  const project = await copyProject()
  const dev = startDev(project.folder, undefined, { PORT: '0', EDGE_PORT: '0' }, withoutWatches)
  await dev.next('ready')
  const notices = dev.events.filter(({ event }) => event === 'notice')
  expect(notices.map(({ message }) => message)).toContainEqual(
    expect.stringMatching(/^app cannot be watched \(.*ENOSPC.*Its files are polled instead/),
  )
  await project.write('app/src/greeting.ts', "export const greeting = 'noticed'\n")
  for (const side of ['port-bound', 'injected']) {
    while ((await get(dev.url(side))) !== 'noticed') await delay(50)
  }
  await dev.end()
  await project.remove()
})
