import { readdir, readFile } from 'node:fs/promises'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { MooringError } from '@mooring/core'
import type { App } from '@mooring/core'
import { mediaTypeOf } from './media-type.ts'
import { checkConditions, rangeOf } from './static-conditions.ts'
import { bodyOf, type Content, createContentReader, current } from './static-content.ts'
import { readStaticHeaders, type StaticHeaders } from './static-headers.ts'
import { decodePath, encodePath, listRoutes, splitUrl, type StaticRoute } from './static-routes.ts'

interface StaticFile extends Content {
  readonly type: string | undefined
  /** The same, compressed before: `app.js.br` beside `app.js`. */
  readonly compressed: readonly (Content & { readonly coding: string })[]
}

/**
 * Answers a request for a file, or `undefined` where the app is to be asked. The rules are those of
 * Workers' static assets: files come before the app, each has one path, and every answer is
 * revalidated by its ETag.
 */
export type StaticFiles = (request: Request) => Response | undefined

/** Codings by preference, and how their files end. */
const codings = [
  ['br', '.br'],
  ['zstd', '.zst'],
  ['gzip', '.gz'],
] as const

/** What Workers take for a configuration, and nothing here would obey. */
const notObeyed: Readonly<Record<string, string>> = {
  '/_redirects': 'write the redirects as routes of the app.',
  '/.assetsignore': 'move what is not to be served out of the folder.',
}

/** Where the app's static folder is. */
export function staticFolder(app: Pick<App, 'static'>): string | undefined {
  return app.static && fileURLToPath(new URL(`${app.static.folder}/`, app.static.base))
}

/**
 * Lists the folder once: a path that is not on the list is not a file, so no request can lead out
 * of the folder. Links are not followed.
 *
 * @param fallback what who navigates to a path that is no file gets
 * @throws MOORING_E_STATIC
 */
export async function readStaticFiles(
  folder: string,
  fallback?: '/index.html',
): Promise<StaticFiles> {
  const contents = new Map<string, Content>()
  const read = createContentReader()
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
    const fix = notObeyed[route]
    if (fix !== undefined) {
      const message = `The static folder has ${file}.`
      const why = 'Workers would obey it, and here it would be without effect.'
      throw new MooringError('MOORING_E_STATIC', { message, why, fix })
    }
    contents.set(route, await read(file))
  }
  const rules = contents.get('/_headers')?.file
  const applyHeaders = rules && readStaticHeaders(await readFile(rules, 'utf8'), rules)
  contents.delete('/_headers')
  const files = new Map(
    [...contents].map(([route, content]) => [route, withVariants(route, content)]),
  )
  function withVariants(route: string, content: Content): StaticFile {
    const compressed = codings.flatMap(([coding, ending]) => {
      const variant = contents.get(route + ending)
      return variant ? [{ ...variant, coding }] : []
    })
    return { ...content, type: typeOf(route), compressed }
  }
  const routes = listRoutes(files.keys())
  if (fallback !== undefined && !files.has(fallback)) {
    throw new MooringError('MOORING_E_STATIC', {
      message: `The static folder ${folder} has no ${fallback}, which is its fallback.`,
      fix: 'write that file, or leave `fallback` out of `static` in defineApp.',
    })
  }
  const find = (request: Request, decoded: string | undefined) =>
    (decoded === undefined ? undefined : routes.get(decoded)) ??
    (fallback !== undefined && isNavigation(request) ? { route: fallback } : undefined)
  return (request) => answer(request, find, files, applyHeaders || undefined)
}

function typeOf(route: string): string | undefined {
  const type = mediaTypeOf(route)
  return type?.startsWith('text/') ? `${type}; charset=utf-8` : type
}

/** A browser says so of what is to be a page of its own (Fetch Metadata §2.2). */
function isNavigation(request: Request): boolean {
  return request.headers.get('sec-fetch-mode') === 'navigate'
}

function answer(
  request: Request,
  find: (request: Request, decoded: string | undefined) => StaticRoute | undefined,
  files: ReadonlyMap<string, StaticFile>,
  applyHeaders: StaticHeaders | undefined,
): Response | undefined {
  const { pathname, search } = splitUrl(request.url)
  const decoded = decodePath(pathname)
  const found = find(request, decoded)
  if (!found) return undefined
  if (request.method !== 'GET' && request.method !== 'HEAD') {
    return new Response(null, { status: 405, headers: { Allow: 'GET, HEAD' } })
  }
  const canonical = encodePath('redirect' in found ? found.redirect : (decoded ?? pathname))
  if ('redirect' in found || canonical !== pathname) {
    return new Response(null, { status: 307, headers: { Location: canonical + search } })
  }
  const file = files.get(found.route)!
  const content = choose(request, file)
  if (!content) return undefined
  const headers = headersOf(file, content)
  applyHeaders?.(canonical, headers)
  return respond(request, content, headers)
}

/** A content, and by what it is compressed. */
type Coded = Content & { readonly coding?: string }

/** The compressed file that the client takes, else the file itself; `undefined` where it is gone. */
function choose(request: Request, file: StaticFile): Coded | undefined {
  if (file.compressed.length === 0) return current<Coded>(file)
  const takes = readAcceptEncoding(request.headers.get('accept-encoding') ?? '')
  for (const variant of file.compressed) {
    const content = takes(variant.coding) ? current(variant) : undefined
    if (content) return content
  }
  return current<Coded>(file)
}

/** By RFC 9110 §12.5.3. `*` alone is no wish for a coding: it counts where the file itself is not taken. */
function readAcceptEncoding(field: string): (coding: string) => boolean {
  const weights = new Map(
    field
      .toLowerCase()
      .split(',')
      .map((item) => {
        const [name = '', weight] = item.trim().split(/\s*;\s*q=/)
        return [name, weight === undefined ? 1 : Number(weight)]
      }),
  )
  const others = weights.get('identity') === 0 ? (weights.get('*') ?? 0) : 0
  return (coding) => (weights.get(coding) ?? others) > 0
}

function headersOf(file: StaticFile, content: Coded): Headers {
  const headers = new Headers({ 'Cache-Control': 'public, max-age=0, must-revalidate' })
  if (content.etag !== undefined) {
    headers.set('ETag', content.etag)
    headers.set('Accept-Ranges', 'bytes')
  }
  if (file.type !== undefined) headers.set('Content-Type', file.type)
  if (content.coding !== undefined) headers.set('Content-Encoding', content.coding)
  if (file.compressed.length > 0) headers.set('Vary', 'Accept-Encoding')
  return headers
}

function respond(request: Request, content: Content, headers: Headers): Response {
  const { size, etag } = content
  const condition = checkConditions(request.headers, etag)
  if (condition === 'failed') return new Response(null, { status: 412 })
  if (condition === 'not modified') return new Response(null, { status: 304, headers })
  const range = request.method === 'GET' && etag ? rangeOf(request.headers, etag, size) : undefined
  if (range === 'not satisfiable') {
    return new Response(null, { status: 416, headers: { 'Content-Range': `bytes */${size}` } })
  }
  const { from, to } = range ?? { from: 0, to: size - 1 }
  headers.set('Content-Length', String(to - from + 1))
  if (range) headers.set('Content-Range', `bytes ${from}-${to}/${size}`)
  const isEmpty = request.method === 'HEAD' || size === 0
  const body = isEmpty ? null : bodyOf(content, { from, to })
  return new Response(body, { status: range ? 206 : 200, headers })
}
