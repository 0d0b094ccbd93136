/** As many as `fetch` follows (Fetch §4.4). */
const mostRedirects = 20

/** What a body says of itself goes with it. */
const ofBody = ['encoding', 'language', 'location', 'type', 'length'].map(
  (name) => `content-${name}`,
)

/**
 * Asks, and follows redirects within the service, as `fetch` does. One to another origin is an
 * answer: by URL `fetch` would follow it to whoever it names, and by binding to the service itself.
 *
 * @param init what the request was made of: its body, where it has to be sent again
 * @param redirect what is to be done with a redirect
 * @throws TypeError where one cannot be followed, or is not to be there
 */
export async function askThrough(
  first: Request,
  init: RequestInit | undefined,
  redirect: RequestRedirect,
  ask: (request: Request) => Promise<Response>,
): Promise<Response> {
  const hasBody = first.body !== null
  let request = first
  for (let left = mostRedirects; ; left -= 1) {
    const response = await ask(request)
    const to = redirect === 'manual' ? undefined : locationOf(response, request.url)
    if (to === undefined) return response
    if (redirect === 'error') throw new TypeError(`it redirects to ${to.href}`)
    if (to.origin !== new URL(request.url).origin) return response
    if (left === 0) throw new TypeError(`it redirects more than ${mostRedirects} times`)
    const isGet = becomesGet(response.status, request.method)
    const body = isGet || request.method === 'GET' ? undefined : init?.body
    if (!isGet && hasBody && (body === undefined || body instanceof ReadableStream)) {
      throw new TypeError(`it redirects to ${to.href}, and the body has gone`)
    }
    const headers = new Headers(request.headers)
    if (isGet) for (const name of ofBody) headers.delete(name)
    // Its type names the boundary, and each time that it is sent it gets another.
    if (body instanceof FormData) headers.delete('content-type')
    const method = isGet ? 'GET' : request.method
    const next = { method, headers, redirect: 'manual' } as const
    request = new Request(to, body == null ? next : { ...next, body })
    await response.body?.cancel()
  }
}

function locationOf({ status, headers }: Response, base: string): URL | undefined {
  const location = headers.get('location')
  if (location === null || ![301, 302, 303, 307, 308].includes(status)) return undefined
  return URL.parse(location, base) ?? undefined
}

function becomesGet(status: number, method: string): boolean {
  if (status === 303) return method !== 'GET' && method !== 'HEAD'
  return status < 303 && method === 'POST'
}
