import { rename, rm, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { expect, test } from 'vitest'
import { linkOut, writeStaticFolder } from './folder.ts'
import { ask } from './suite.ts'

/** Writes a static folder with what only a folder on disk can have: a link, compressed variants. */
export async function writeDiskFolder(): ReturnType<typeof writeStaticFolder> {
  const folder = await writeStaticFolder()
  const inPublic = (name: string) => path.join(folder.path, 'public', name)
  await linkOut(folder.path)
  await writeFile(inPublic('zipped.js'), 'as it is')
  await writeFile(inPublic('zipped.js.br'), 'brotli')
  await writeFile(inPublic('zipped.js.zst'), 'zstandard')
  await writeFile(inPublic('zipped.js.gz'), 'gzip')
  await writeFile(inPublic('large.txt'), 'a'.repeat(largeBytes))
  return folder
}

/** More than is held in memory. */
const largeBytes = 300_000

/**
 * What a static folder on disk does besides, for the tests of each adapter that binds.
 *
 * @param folder what {@link writeDiskFolder} has made
 */
export function diskSuite(port: () => number, folder: () => string): void {
  const get = (target: string, headers?: Readonly<Record<string, string>>) =>
    ask(port(), `GET ${target}`, headers)

  test('a link is not followed', async () => {
    expect((await get('/link.txt')).body).toMatch(/^app: GET /)
  })

  test('HEAD says the length, and 405 what is allowed', async () => {
    expect((await ask(port(), 'HEAD /digits.txt')).headers.get('content-length')).toBe('10')
    const { status, headers } = await ask(port(), 'DELETE /digits.txt')
    expect([status, headers.get('allow')]).toEqual([405, 'GET, HEAD'])
  })

  test.each([
    ['bytes=2-4', '234', 'bytes 2-4/10'],
    ['bytes=7-', '789', 'bytes 7-9/10'],
    ['bytes=-3', '789', 'bytes 7-9/10'],
    ['bytes=-99', '0123456789', 'bytes 0-9/10'],
    ['bytes=8-99', '89', 'bytes 8-9/10'],
    ['Bytes=0-0', '0', 'bytes 0-0/10'],
  ])('Range: %s is that part', async (range, body, contentRange) => {
    const answer = await get('/digits.txt', { Range: range })
    expect(answer).toMatchObject({ status: 206, body })
    expect(answer.headers.get('content-range')).toBe(contentRange)
    expect(answer.headers.get('content-length')).toBe(String(body.length))
  })

  test('a range that is not there is 416, also of an empty file', async () => {
    for (const [target, size] of [
      ['/digits.txt', 10],
      ['/empty.txt', 0],
    ]) {
      const { status, headers } = await get(String(target), { Range: 'bytes=10-' })
      expect([status, headers.get('content-range')]).toEqual([416, `bytes */${size}`])
    }
    expect((await get('/digits.txt', { Range: 'bytes=-0' })).status).toBe(416)
  })

  test('If-Range asks for the part of this version, else all of it', async () => {
    const etag = (await get('/digits.txt')).headers.get('etag')!
    const Range = 'bytes=2-4'
    expect((await get('/digits.txt', { Range, 'If-Range': etag })).status).toBe(206)
    for (const other of ['"x"', `W/${etag}`, new Date().toUTCString()]) {
      expect((await get('/digits.txt', { Range, 'If-Range': other })).status).toBe(200)
    }
  })

  test('conditions are those of RFC 9110', async () => {
    const etag = (await get('/digits.txt')).headers.get('etag')!
    for (const known of [`"x", ${etag}`, `"x",W/${etag}`, '*']) {
      expect((await get('/digits.txt', { 'If-None-Match': known })).status).toBe(304)
    }
    expect((await get('/digits.txt', { 'If-Match': '"x"' })).status).toBe(412)
    expect((await get('/digits.txt', { 'If-Match': `W/${etag}` })).status).toBe(412)
    for (const match of [etag, '*']) {
      expect((await get('/digits.txt', { 'If-Match': match })).status).toBe(200)
    }
  })

  test.each([
    ['br, gzip', 'brotli', 'br'],
    ['gzip', 'gzip', 'gzip'],
    ['br;q=0, gzip;q=0.5', 'gzip', 'gzip'],
    ['BR', 'brotli', 'br'],
    ['gzip, zstd', 'zstandard', 'zstd'],
    ['*', 'as it is', null],
    ['*;q=0.5, br;q=0, identity;q=0', 'zstandard', 'zstd'],
    ['gzip, *;q=0', 'gzip', 'gzip'],
    ['identity', 'as it is', null],
  ])('for Accept-Encoding: %s the file is %s', async (accepted, body, coding) => {
    const answer = await get('/zipped.js', { 'Accept-Encoding': accepted })
    expect(answer).toMatchObject({ status: 200, body })
    expect(answer.headers.get('content-encoding')).toBe(coding)
    expect(answer.headers.get('vary')).toBe('Accept-Encoding')
    expect(answer.headers.get('content-type')).toBe('text/javascript; charset=utf-8')
    const plain = await get('/zipped.js')
    expect(plain.headers.get('etag') === answer.headers.get('etag')).toBe(coding === null)
  })

  test('a large file that was replaced is sent as it is now, without the validator of before', async () => {
    const file = path.join(folder(), 'public/large.txt')
    const { headers, body } = await get('/large.txt')
    const etag = headers.get('etag')!
    expect(body).toBe('a'.repeat(largeBytes))
    // As a deployment does it. The size is the same, and the content is not.
    await writeFile(`${file}.new`, 'b'.repeat(largeBytes))
    await rename(`${file}.new`, file)
    const conditions = [{}, { Range: 'bytes=0-1' }, { 'If-None-Match': etag }]
    for (const condition of [...conditions, { Range: 'bytes=0-1', 'If-Range': etag }]) {
      const answer = await get('/large.txt', condition)
      expect([answer.status, answer.headers.get('etag')]).toEqual([200, null])
      expect(answer.body).toBe('b'.repeat(largeBytes))
    }
    expect((await get('/large.txt', { 'If-Match': etag })).status).toBe(412)
    await writeFile(file, 'shorter')
    expect(await get('/large.txt')).toMatchObject({ status: 200, body: 'shorter' })
    const head = await ask(port(), 'HEAD /large.txt')
    expect(head.headers.get('content-length')).toBe('7')
    await rm(file)
    expect((await get('/large.txt')).body).toMatch(/^app: GET /)
  })
}
