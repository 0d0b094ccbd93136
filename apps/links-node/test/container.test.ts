import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { request as httpRequest, type IncomingMessage } from 'node:http'
import { text } from 'node:stream/consumers'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { buildImage, canBuild, docker } from './engine.ts'

const id = `mooring-test-${randomUUID().slice(0, 8)}`

/** A container of the image, and where it is reached from here. */
interface Container {
  readonly name: string
  readonly url: string
}

async function start(name: string): Promise<Container> {
  const options = ['--read-only', '-v', `${id}:/data`, '-e', 'PORT=9090', '-p', '127.0.0.1::9090']
  await docker('run', '--detach', '--name', name, ...options, id)
  await vi.waitFor(
    async () => {
      expect(await docker('inspect', '-f', '{{.State.Health.Status}}', name)).toBe('healthy')
    },
    { timeout: 60_000, interval: 250 },
  )
  return { name, url: `http://${await docker('port', name, '9090')}` }
}

/** What `docker stop` made of it: 137 is SIGKILL, after the engine's ten seconds. */
async function stop({ name }: Container): Promise<number> {
  await docker('stop', name)
  return Number(await docker('inspect', '-f', '{{.State.ExitCode}}', name))
}

const newLink = (slug: string) => JSON.stringify({ slug, url: 'https://example.com/a' })

describe.runIf(await canBuild())('the image', { timeout: 120_000 }, () => {
  let container: Container

  beforeAll(async () => {
    await buildImage(id)
    await docker('volume', 'create', id)
    container = await start(`${id}-1`)
  }, 600_000)

  afterAll(async () => {
    await docker('rm', '--force', `${id}-1`, `${id}-2`).catch(() => {})
    await docker('volume', 'rm', '--force', id)
    await docker('rmi', '--force', id)
  }, 60_000)

  test('runs as another user than root, and Node is process 1', async () => {
    expect(await docker('exec', container.name, 'id', '-un')).toBe('node')
    const comm = await docker('exec', container.name, 'readlink', '/proc/1/exe')
    expect(comm).toBe('/usr/local/bin/node')
  })

  test('holds what production needs and nothing else', async () => {
    const files = (await docker('exec', container.name, 'find', '/app', '-type', 'f')).split('\n')
    expect(files).toContain('/app/main.js')
    expect(files).toContain('/app/public/index.html')
    expect(
      files.filter((file) => !/^\/app\/((server|public)\/|main\.js$|package\.json$)/.test(file)),
    ).toEqual([])
    expect(files.filter((file) => /\.ts$|node_modules/.test(file))).toEqual([])
    await expect(docker('exec', container.name, 'ls', '/src')).rejects.toThrow('No such file')
    await expect(docker('exec', container.name, 'touch', '/app/x')).rejects.toThrow('Read-only')
  })

  test('keeps its links through docker stop, on the volume', async () => {
    const headers = { 'Content-Type': 'application/json' }
    const body = newLink('kept')
    const created = await fetch(`${container.url}/api/links`, { method: 'POST', headers, body })
    expect(created.status).toBe(201)

    // A request that is in flight when the signal comes: its body is not all there yet.
    const slow = newLink('slow')
    const asking = httpRequest(`${container.url}/api/links`, {
      method: 'POST',
      headers: { ...headers, 'Content-Length': slow.length, Expect: '100-continue' },
    })
    const answer = once(asking, 'response') as Promise<[IncomingMessage]>
    asking.flushHeaders()
    await once(asking, 'continue')
    const exitCode = stop(container)
    await expect
      .poll(() => docker('logs', container.name), { timeout: 9_000 })
      .toContain('"message":"draining"')
    asking.end(slow)
    const [response] = await answer
    expect([response.statusCode, await text(response)]).toEqual([201, expect.anything()])
    expect(await exitCode).toBe(0)

    container = await start(`${id}-2`)
    for (const slug of ['kept', 'slow']) {
      const followed = await fetch(`${container.url}/${slug}`, { redirect: 'manual' })
      expect(followed.headers.get('location')).toBe('https://example.com/a')
    }
    expect(await stop(container)).toBe(0)
  })
})
