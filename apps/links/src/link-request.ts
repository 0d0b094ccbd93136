import * as z from 'zod'
import { type FieldError, ProblemError } from './problem.ts'
import { reservedSlugs, slugPattern } from './slugs.ts'

const longestUrl = 2048
const longestDays = 3650

const required = (expected: string) => (issue: { input?: unknown }) =>
  issue.input === undefined ? `Required: ${expected}.` : `Must be ${expected}.`

const schema = z.strictObject(
  {
    url: z
      .string({ error: required('an http:// or https:// URL') })
      .max(longestUrl, `Must have ${longestUrl} characters at the most.`)
      .transform((text, context) => {
        const url = URL.parse(text.trim())
        const complaint = complaintAbout(url)
        if (complaint === undefined) return url!.href
        context.addIssue({ code: 'custom', message: complaint, input: text })
        return z.NEVER
      }),
    slug: z
      .string({ error: required('text') })
      .regex(slugPattern, 'Must be 1–64 of the characters a–z, 0–9 and -.')
      .refine((slug) => !reservedSlugs.has(slug), 'Is reserved: choose another.')
      .optional(),
    expiresInDays: z
      .number({ error: required('a number') })
      .positive('Must be more than 0.')
      .max(longestDays, `Must be ${longestDays} at the most.`)
      .optional(),
  },
  { error: 'Must be a JSON object.' },
)

/** What a client sends to create a link. */
export type LinkRequest = z.input<typeof schema>

/** A request for a link that can be fulfilled. */
export type ValidLinkRequest = z.output<typeof schema>

/**
 * Validates what a client sent. A member that a link does not have is refused rather than ignored:
 * a misspelt `expiresInDay` would otherwise make a link that lives too long.
 *
 * @param ownOrigins where this service is reached: a link there could lead to itself for ever. A
 *   loop through another shortener cannot be seen from here; browsers end those
 * @throws ProblemError invalid-fields, with every field that is wrong
 */
export function validateLinkRequest(
  body: unknown,
  ownOrigins: readonly string[],
): ValidLinkRequest {
  const { success, data, error } = schema.safeParse(body)
  const errors = success ? [] : error.issues.flatMap(fieldErrorsOf)
  const url = success ? data.url : (body as Partial<Record<string, unknown>> | null)?.['url']
  const origin = typeof url === 'string' ? URL.parse(url.trim())?.origin : undefined
  if (origin !== undefined && ownOrigins.includes(origin)) {
    errors.push({ field: 'url', detail: 'Must not lead to this service itself.' })
  }
  if (success && errors.length === 0) return data
  const fields = [...new Set(errors.map(({ field }) => field))].join(', ')
  throw new ProblemError('invalid-fields', `Not valid: ${fields}.`, { errors })
}

function complaintAbout(url: URL | null): string | undefined {
  if (!url) return 'Must be a whole URL, such as https://example.com/page.'
  if (url.protocol !== 'http:' && url.protocol !== 'https:') {
    return `Must start with http:// or https://, not ${url.protocol}`
  }
  // A short link would show them to everyone, or pass one host off as another.
  if (url.username || url.password) return 'Must not contain a user name or a password.'
  return undefined
}

function fieldErrorsOf(issue: z.core.$ZodIssue): FieldError[] {
  if (issue.code === 'unrecognized_keys') {
    const detail = 'Is not known: a link has url, slug and expiresInDays.'
    return issue.keys.map((field) => ({ field, detail }))
  }
  return [{ field: issue.path.join('.') || 'body', detail: issue.message }]
}
