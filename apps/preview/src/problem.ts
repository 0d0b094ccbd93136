import type { Context } from 'hono'
import type { ContentfulStatusCode } from 'hono/utils/http-status'

/** The statuses this service refuses or fails with, and their titles: RFC 9110's own phrases. */
const titles = {
  400: 'Bad Request',
  403: 'Forbidden',
  404: 'Not Found',
  422: 'Unprocessable Content',
  500: 'Internal Server Error',
  502: 'Bad Gateway',
  504: 'Gateway Timeout',
} as const satisfies Partial<Record<ContentfulStatusCode, string>>

type ProblemStatus = keyof typeof titles

/** Thrown anywhere below a route; becomes the response. */
export class ProblemError extends Error {
  override readonly name = 'ProblemError'
  readonly status: ProblemStatus
  /** The query parameter that is wrong. */
  readonly field: string | undefined

  constructor(status: ProblemStatus, detail: string, field?: string) {
    super(detail)
    this.status = status
    this.field = field
  }
}

/** The response for a problem (RFC 9457). The status says it all, so its type is `about:blank`. */
export function problem(
  c: Context,
  status: ProblemStatus,
  detail?: string,
  field?: string,
): Response {
  const errors = field === undefined ? undefined : [{ field, detail }]
  const body = { type: 'about:blank', title: titles[status], status, detail, errors }
  return c.body(JSON.stringify(body), status, { 'Content-Type': 'application/problem+json' })
}
