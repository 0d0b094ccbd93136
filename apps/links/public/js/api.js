/**
 * @typedef {import('../../src/link-view.ts').Link} Link
 * @typedef {import('../../src/problem.ts').FieldError} FieldError
 */

/** What the API refused, or why it could not be asked. */
export class ApiProblem extends Error {
  /**
   * @param {string} message
   * @param {readonly FieldError[]} errors
   */
  constructor(message, errors = []) {
    super(message)
    this.errors = errors
  }
}

/**
 * @param {string | null} cursor
 * @returns {Promise<{ links: Link[], nextCursor: string | null }>}
 */
export function listLinks(cursor) {
  const query = cursor === null ? '' : `?cursor=${encodeURIComponent(cursor)}`
  return ask(`/api/links${query}`)
}

/**
 * @param {string} slug
 * @returns {Promise<Link>}
 */
export function getLink(slug) {
  return ask(`/api/links/${slug}`)
}

/**
 * Whether the service says that there is no such link.
 *
 * @param {string} slug
 * @returns {Promise<boolean>}
 */
export async function isGone(slug) {
  const response = await fetch(`/api/links/${slug}`).catch(() => undefined)
  return response?.status === 404
}

/**
 * Creates a link. If no answer comes it is asked once more with the same key, which cannot make a
 * second link.
 *
 * @param {Readonly<Record<string, unknown>>} fields
 * @returns {Promise<Link>}
 */
export async function createLink(fields) {
  const init = {
    method: 'POST',
    headers: { 'Content-Type': 'application/json', 'Idempotency-Key': `"${randomKey()}"` },
    body: JSON.stringify(fields),
  }
  const response = await fetch('/api/links', init).catch(() => reach('/api/links', init))
  return read(response)
}

/** @param {string} slug */
export async function deleteLink(slug) {
  const response = await reach(`/api/links/${slug}`, { method: 'DELETE' })
  // Somebody else may have deleted it: then it is gone all the same.
  if (response.status !== 404) await read(response)
}

/**
 * @param {string} path
 * @returns {Promise<any>}
 */
async function ask(path) {
  return read(await reach(path))
}

/**
 * @param {string} path
 * @param {RequestInit} [init]
 */
function reach(path, init) {
  return fetch(path, init).catch(() => {
    throw new ApiProblem('The service cannot be reached. Are you online?')
  })
}

/** @param {Response} response */
async function read(response) {
  if (response.status === 204) return undefined
  const body = await response.json().catch(() => undefined)
  if (response.ok && body !== undefined) return body
  const message =
    body?.detail ?? body?.title ?? `The service answered with status ${response.status}.`
  throw new ApiProblem(message, body?.errors)
}

/** `crypto.randomUUID` is there on https:// and localhost only; this is everywhere. */
function randomKey() {
  const bytes = crypto.getRandomValues(new Uint8Array(16))
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('')
}
