import { createReadStream } from 'node:fs'
import { readdir, stat } from 'node:fs/promises'
import path from 'node:path'
import { Readable } from 'node:stream'
import { fileURLToPath } from 'node:url'
import { MooringError } from '@mooring/core'
import type { App } from '@mooring/core'
import { getMimeType } from 'hono/utils/mime'

interface StaticFile {
  readonly file: string
  readonly headers: Readonly<Record<string, string>>
  readonly etag: string
}

/**
 * Answers a request for a file, or `undefined` where the app is to be asked. The rules are those of
 * Workers' static assets: files come before the app, `index.html` stands for its folder and is
 * redirected there, and every answer is revalidated by its ETag.
 */
export type StaticFiles = (request: Request) => Response | undefined

/** Where the app's static folder is. */
export function staticFolder(app: Pick<App, 'static'>): string | undefined {
  return app.static && fileURLToPath(new URL(`${app.static.folder}/`, app.static.base))
}

/**
 * Lists the folder once: a path that is not on the list is not a file, so no request can lead out
 * of the folder. Links are not followed.
 *
 * @throws MOORING_E_STATIC
 */
export async function readStaticFiles(folder: string): Promise<StaticFiles> {
  const files = new Map<string, StaticFile>()
  const redirects = new Map<string, string>()
  const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch((cause) => {
    throw new MooringError('MOORING_E_STATIC', {
      message: `The static folder ${folder} cannot be read.`,
      fix: 'make the folder, or correct `static` in defineApp.',
      cause,
    })
  })
  for (const entry of entries.filter((candidate) => candidate.isFile())) {
    const file = path.join(entry.parentPath, entry.name)
    const route = `/${path.relative(folder, file).split(path.sep).join('/')}`
    const folderRoute = route.replace(/\/index\.html$/, '/')
    files.set(folderRoute, await describe(file))
    if (folderRoute !== route) redirects.set(route, folderRoute)
  }

  return (request) => {
    if (request.method !== 'GET' && request.method !== 'HEAD') return undefined
    const { pathname, search } = new URL(request.url)
    const route = decode(pathname)
    const file = files.get(route)
    if (file) return respond(request, file)
    const target = redirects.get(route)
    if (target === undefined) return undefined
    return new Response(null, { status: 307, headers: { Location: encodeURI(target) + search } })
  }
}

async function describe(file: string): Promise<StaticFile> {
  const { size, mtimeMs } = await stat(file)
  const etag = `"${size.toString(16)}-${Math.floor(mtimeMs).toString(16)}"`
  const headers = {
    'Content-Type': getMimeType(file) ?? 'application/octet-stream',
    'Content-Length': String(size),
    'Cache-Control': 'public, max-age=0, must-revalidate',
    ETag: etag,
  }
  return { file, headers, etag }
}

function respond(request: Request, { file, headers, etag }: StaticFile): Response {
  // RFC 9110 §13.1.2: If-None-Match compares weakly.
  const known = request.headers
    .get('if-none-match')
    ?.replaceAll('W/', '')
    .split(/\s*,\s*/)
  if (known?.includes(etag) || known?.includes('*')) {
    const { ETag, 'Cache-Control': cacheControl } = headers as Record<
      'ETag' | 'Cache-Control',
      string
    >
    return new Response(null, { status: 304, headers: { ETag, 'Cache-Control': cacheControl } })
  }
  if (request.method === 'HEAD') return new Response(null, { headers })
  const body = Readable.toWeb(createReadStream(file)) as ReadableStream<Uint8Array>
  return new Response(body, { headers })
}

/** A path that is no percent-encoding is no file's. */
function decode(pathname: string): string {
  try {
    return decodeURIComponent(pathname)
  } catch {
    return ''
  }
}
