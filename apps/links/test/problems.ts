import { expect } from 'vitest'
import type { ProblemKind } from '../src/problem.ts'

/** Expects a problem as RFC 9457 has it. */
export async function expectProblem(
  response: Response,
  status: number,
  kind: ProblemKind,
  more: object = {},
): Promise<void> {
  const body = await response.json()
  expect(body).toMatchObject({
    type: `/problems/#${kind}`,
    title: expect.stringMatching(/./),
    status,
    ...more,
  })
  expect(response.status).toBe(status)
  expect(response.headers.get('content-type')).toBe('application/problem+json')
  expect(response.headers.get('x-request-id')).toMatch(/./)
}
