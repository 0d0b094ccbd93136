import type { Context } from 'hono'
import { accepts } from 'hono/accepts'
import { html } from 'hono/html'
import { problem, type ProblemKind, problemKinds } from './problem.ts'

/** The answer where no route is: programs alone ask below `/api`, whatever they accept. */
export async function notFound(c: Context): Promise<Response> {
  const detail = 'No page and no resource has this path.'
  return /^\/api(\/|$)/.test(c.req.path)
    ? problem(c, 'not-found', detail)
    : problemOrPage(c, 'not-found', detail)
}

/** A problem for a program, or the same as a small page for a person who followed a link. */
export async function problemOrPage(
  c: Context,
  kind: ProblemKind,
  detail: string,
): Promise<Response> {
  c.header('Vary', 'Accept')
  const type = accepts(c, {
    header: 'Accept',
    supports: ['application/problem+json', 'application/json', 'text/html'],
    default: 'application/problem+json',
  })
  if (type !== 'text/html') return problem(c, kind, detail)
  const [status, title] = problemKinds[kind]
  c.header('Content-Security-Policy', "default-src 'none'; style-src 'self'; img-src 'self'")
  return c.html(page(title, detail), status)
}

function page(title: string, detail: string) {
  return html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width" />
        <meta name="color-scheme" content="light dark" />
        <title>${title} – Links</title>
        <link rel="icon" href="/favicon.svg" type="image/svg+xml" />
        <link rel="stylesheet" href="/style.css" />
      </head>
      <body class="message">
        <main>
          <img class="mark" src="/favicon.svg" alt="" />
          <h1>${title}</h1>
          <p>${detail}</p>
          <p><a href="/">Back to Links</a></p>
        </main>
      </body>
    </html>`
}
