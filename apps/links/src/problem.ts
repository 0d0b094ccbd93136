import type { Context } from 'hono'
import type { ContentfulStatusCode } from 'hono/utils/http-status'

/**
 * Every problem this API answers with: its status and its title. The names are fragments of
 * `/problems/`, the page that describes them, so a problem's `type` can be opened (RFC 9457 §3.1.1).
 */
export const problemKinds = {
  'malformed-json': [400, 'The body is not JSON'],
  'invalid-query': [400, 'The query is not valid'],
  'invalid-idempotency-key': [400, 'The Idempotency-Key is not valid'],
  'not-found': [404, 'There is nothing here'],
  'unknown-link': [404, 'There is no such link'],
  'method-not-allowed': [405, 'The method is not allowed here'],
  'slug-taken': [409, 'The slug is taken'],
  'request-in-progress': [409, 'The same request is being worked on'],
  'link-expired': [410, 'The link has expired'],
  'body-too-large': [413, 'The body is too large'],
  'unsupported-media-type': [415, 'The body has the wrong content type'],
  'invalid-fields': [422, 'Some fields are not valid'],
  'idempotency-key-reused': [422, 'The Idempotency-Key belongs to another request'],
  'upgrade-required': [426, 'This is a WebSocket'],
  'internal-error': [500, 'Something went wrong here'],
  'feed-unavailable': [503, 'There is no live feed here'],
  'store-unavailable': [503, 'The store cannot be reached'],
} as const satisfies Readonly<Record<string, readonly [ContentfulStatusCode, string]>>

export type ProblemKind = keyof typeof problemKinds

/** What is wrong with one field of a request. */
export interface FieldError {
  readonly field: string
  readonly detail: string
}

/** The body of every error (RFC 9457). */
export interface Problem {
  readonly type: string
  readonly title: string
  readonly status: number
  readonly detail?: string
  /** Every field that is not right, where fields are what is wrong. */
  readonly errors?: readonly FieldError[]
}

export interface ProblemOptions {
  readonly errors?: readonly FieldError[]
  readonly headers?: Readonly<Record<string, string>>
}

/** Thrown anywhere below a route; becomes the response. */
export class ProblemError extends Error {
  override readonly name = 'ProblemError'
  readonly kind: ProblemKind
  readonly options: ProblemOptions

  constructor(kind: ProblemKind, detail: string, options: ProblemOptions = {}) {
    super(detail)
    this.kind = kind
    this.options = options
  }
}

/** The response for a problem. */
export function problem(
  c: Context,
  kind: ProblemKind,
  detail?: string,
  { errors, headers }: ProblemOptions = {},
): Response {
  const [status, title] = problemKinds[kind]
  const body: Problem = {
    type: `/problems/#${kind}`,
    title,
    status,
    ...(detail !== undefined && { detail }),
    ...(errors && { errors }),
  }
  return c.body(JSON.stringify(body), status, {
    'Content-Type': 'application/problem+json',
    ...headers,
  })
}
