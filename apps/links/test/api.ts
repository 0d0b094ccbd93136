import type { TestApp } from '@mooring/core/testing'

/** Sends a body as JSON. */
export function post(
  app: TestApp,
  body: unknown,
  headers: Readonly<Record<string, string>> = {},
): Promise<Response> {
  return app.request('/api/links', {
    method: 'POST',
    headers: { 'Content-Type': 'application/json', ...headers },
    body: JSON.stringify(body),
  })
}

/** Creates a link and waits until it is settled. */
export async function create(app: TestApp, slug: string, more: object = {}): Promise<void> {
  const response = await post(app, { url: `https://example.com/${slug}`, slug, ...more })
  if (response.status !== 201) throw new Error(await response.text())
  await app.settled()
}

/** Gets a link. */
export async function get(app: TestApp, slug: string): Promise<any> {
  const response = await app.request(`/api/links/${slug}`)
  if (response.status !== 200) throw new Error(await response.text())
  return response.json()
}

/** Creates a link that has expired. */
export async function createExpired(app: TestApp, slug: string): Promise<void> {
  await create(app, slug, { expiresInDays: 1e-9 })
  await new Promise((resolve) => setTimeout(resolve, 5))
}
