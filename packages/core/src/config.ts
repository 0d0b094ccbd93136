import type { StandardSchemaV1 } from '@standard-schema/spec'
import type { Problem } from './problem.ts'

/** Names whose values are never printed, whatever the schema says. */
const secretName = /secret|token|passw|pwd|private|credential|api_?key|auth|cookie|salt|dsn|_key$/i

/** How much of a value is shown in an error: enough to recognise a typing mistake. */
const shownCharacters = 80

/**
 * Validates `env` with the app's schema.
 *
 * @param secrets further variables whose values must not be printed
 * @returns the schema's output, or `undefined` with one problem pushed per issue
 */
export async function readConfig<Schema extends StandardSchemaV1>(
  schema: Schema,
  env: Readonly<Record<string, unknown>>,
  secrets: readonly string[],
  problems: Problem[],
): Promise<StandardSchemaV1.InferOutput<Schema> | undefined> {
  const result = await schema['~standard'].validate({ ...env })
  if (result.issues === undefined) return result.value
  const isSecret = (name: string) => secrets.includes(name) || secretName.test(name)
  for (const issue of result.issues) {
    const path = (issue.path ?? []).map((part) =>
      String(typeof part === 'object' ? part.key : part),
    )
    const name = path[0] ?? '(environment)'
    const message = withoutSecrets(issue.message, env, isSecret)
    problems.push({
      name: path.join('.') || name,
      value: showValue(env[name], isSecret(name)),
      expected: path.length > 0 && env[name] === undefined ? required(message) : message,
    })
  }
  return undefined
}

/** What a schema says of a variable that is not set, without its `received undefined`. */
function required(message: string): string {
  const expected = message
    .replace(/^Invalid \w+: /i, '')
    .replace(/,?(?: but)? received (?:undefined|NaN)$/i, '')
  return `is required (${expected})`
}

function showValue(value: unknown, secret: boolean): string {
  if (value === undefined) return 'not set'
  if (secret) return 'set, not shown'
  const text = typeof value === 'string' ? withoutUserinfo(value) : typeof value
  return JSON.stringify(text.length > shownCharacters ? `${text.slice(0, shownCharacters)}…` : text)
}

/** A schema's own message may quote the value it refuses. */
function withoutSecrets(
  message: string,
  env: Readonly<Record<string, unknown>>,
  isSecret: (name: string) => boolean,
): string {
  let safe = withoutUserinfo(message)
  for (const [name, value] of Object.entries(env)) {
    if (typeof value === 'string' && value.length >= 4 && isSecret(name)) {
      safe = safe.replaceAll(value, '(not shown)')
    }
  }
  return safe
}

/** The text with the user name and password of every URL in it hidden (RFC 3986 §3.2.1). */
export function withoutUserinfo(text: string): string {
  return text.replace(/([a-z][a-z0-9+.-]*:\/\/)[^/?#\s]*@/gi, '$1***@')
}
