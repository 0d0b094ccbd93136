import { checkPageAddress } from './page-address.ts'
import { ProblemError } from './problem.ts'

/** A page, ready to be read. */
export interface FetchedPage {
  /** Where it was found, after redirects. */
  readonly url: URL
  readonly contentType: string
  readonly body: ReadableStream<Uint8Array>
}

const mostRedirects = 5

/**
 * Fetches a page.
 *
 * @param signal ends the fetch, and the reading of its body
 * @throws ProblemError 400 and 403 for its address, 422 where it is not HTML, 502 where it cannot be
 *   had, 504 where `signal` timed out
 */
export async function fetchPage(
  start: URL,
  allowPrivate: boolean,
  signal: AbortSignal,
): Promise<FetchedPage> {
  let url = start
  for (let redirects = 0; redirects <= mostRedirects; redirects++) {
    checkPageAddress(url, allowPrivate)
    const response = await ask(url, signal)
    const location = response.headers.get('location')
    if ([301, 302, 303, 307, 308].includes(response.status) && location !== null) {
      await response.body?.cancel()
      const next = URL.parse(location, url)
      if (!next) throw new ProblemError(502, 'The page redirects to something that is no URL.')
      url = next
      continue
    }
    return page(url, response)
  }
  throw new ProblemError(502, `The page redirects more than ${mostRedirects} times.`)
}

/** Redirects are followed by hand: each address is checked before it is asked. */
async function ask(url: URL, signal: AbortSignal): Promise<Response> {
  const headers = {
    Accept: 'text/html, application/xhtml+xml;q=0.9',
    'User-Agent': 'links-preview/0.1 (reads the title of a page that was linked to)',
  }
  try {
    return await fetch(url, { headers, redirect: 'manual', signal })
  } catch {
    if (signal.aborted) throw timedOut()
    throw new ProblemError(502, `${url.host} cannot be reached.`)
  }
}

async function page(url: URL, { ok, status, headers, body }: Response): Promise<FetchedPage> {
  const contentType = headers.get('content-type') ?? ''
  const isHtml = /^\s*(text\/html|application\/xhtml\+xml)\s*(;|$)/i.test(contentType)
  if (ok && isHtml && body) return { url, contentType, body }
  await body?.cancel()
  if (!ok) throw new ProblemError(502, `The page answers with status ${status}.`)
  const type = contentType.split(';')[0]!.trim().slice(0, 80)
  throw new ProblemError(422, `The page is not HTML but ${type || 'of no declared type'}.`)
}

export function timedOut(): ProblemError {
  return new ProblemError(504, 'The page did not answer in time.')
}
