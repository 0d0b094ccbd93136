/** What a path leads to: the file of a route, or another path that has it. */
export type StaticRoute = { readonly route: string } | { readonly redirect: string }

/**
 * Finds a decoded path among the routes of files, as Workers' static assets do
 * (`html_handling: auto-trailing-slash`): `/a` is `a.html`, `/a/` is `a/index.html`, and each has
 * one path, to which the others are redirected.
 */
export function findRoute(has: (route: string) => boolean, path: string): StaticRoute | undefined {
  const elsewhere = redirectOf(has, path)
  // Never from one file to another.
  if (elsewhere !== undefined && !has(elsewhere)) return { redirect: elsewhere }
  if (path.endsWith('/'))
    return has(`${path}index.html`) ? { route: `${path}index.html` } : undefined
  if (has(path)) return { route: path }
  if (has(`${path}.html`)) return { route: `${path}.html` }
  return has(`${path}/index.html`) ? { redirect: `${path}/` } : undefined
}

function redirectOf(has: (route: string) => boolean, path: string): string | undefined {
  if (path.endsWith('/index') && !has(path)) {
    if (has(`${path}.html`)) return path.slice(0, -'index'.length)
    return pageOf(has, path.slice(0, -'/index'.length))
  }
  if (path.endsWith('/index.html')) {
    if (has(path)) return path.slice(0, -'index.html'.length)
    return pageOf(has, path.slice(0, -'/index.html'.length))
  }
  if (path.endsWith('/')) {
    return has(`${path}index.html`) ? undefined : pageOf(has, path.slice(0, -1))
  }
  if (!path.endsWith('.html')) return undefined
  const page = path.slice(0, -'.html'.length)
  if (has(path)) return page
  return has(`${page}/index.html`) ? `${page}/` : undefined
}

function pageOf(has: (route: string) => boolean, page: string): string | undefined {
  return page !== '' && has(`${page}.html`) ? page : undefined
}

/**
 * Every decoded path that leads somewhere, and where: a request for anything else, which is most of
 * them, then costs one look.
 */
export function listRoutes(files: Iterable<string>): ReadonlyMap<string, StaticRoute> {
  const all = new Set(files)
  const routes = new Map<string, StaticRoute>()
  for (const file of all) {
    for (const path of pathsTo(file)) {
      const found = findRoute((route) => all.has(route), path)
      if (found) routes.set(path, found)
    }
  }
  return routes
}

/** The paths for which {@link findRoute} may look for a file. */
function pathsTo(file: string): string[] {
  if (!file.endsWith('.html')) return [file]
  const page = file.slice(0, -'.html'.length)
  const paths = [file, page, `${page}/`, `${page}/index`, `${page}/index.html`]
  if (!page.endsWith('/index')) return paths
  const folder = page.slice(0, -'/index'.length)
  return [...paths, folder, `${folder}/`, `${folder}.html`]
}

/**
 * The path and the query of a request's URL, which is normal already: parsing it again would be a
 * tenth of what a small request costs, and every request comes by here.
 */
export function splitUrl(url: string): { readonly pathname: string; readonly search: string } {
  const begin = url.indexOf('/', url.indexOf('://') + 3)
  if (begin < 0 || url.includes('#')) return new URL(url)
  const query = url.indexOf('?', begin)
  if (query < 0) return { pathname: url.slice(begin), search: '' }
  // A question mark alone is no query.
  const search = url.slice(query)
  return { pathname: url.slice(begin, query), search: search === '?' ? '' : search }
}

/** A path with its percent-encoding undone and its slashes single; `undefined` where it has none. */
export function decodePath(pathname: string): string | undefined {
  if (!pathname.includes('%') && !pathname.includes('//')) return pathname
  try {
    return pathname
      .split('/')
      .map(decodeURIComponent)
      .join('/')
      .replace(/\/{2,}/g, '/')
  } catch {
    return undefined
  }
}

/** The one way to write a path. */
export function encodePath(path: string): string {
  return path.split('/').map(encodeURIComponent).join('/')
}
