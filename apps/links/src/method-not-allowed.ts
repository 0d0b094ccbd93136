import type { Context } from 'hono'
import { ProblemError } from './problem.ts'

/**
 * A handler for every other method of a path.
 *
 * @param methods the value of `Allow`, which RFC 9110 §15.5.6 asks for
 */
export function allowOnly(methods: string): (c: Context) => never {
  return (c) => {
    const detail = `${c.req.method} is not possible here.`
    throw new ProblemError('method-not-allowed', detail, { headers: { Allow: methods } })
  }
}
