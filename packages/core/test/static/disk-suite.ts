import { writeFile } from 'node:fs/promises'
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
  await writeFile(inPublic('zipped.js.gz'), 'gzip')
  return folder
}

/** What a static folder on disk does besides, for the tests of each adapter that binds. */
export function diskSuite(port: () => number): void {
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
}
