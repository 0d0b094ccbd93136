import type { IncomingMessage } from 'node:http'
import type { Fault } from './fault.ts'

/** Where a page that shows a fault listens for the side to recover. */
export const recoveryPath = '/__mooring/recovery'

/**
 * Whether a person's browser asks for a page, rather than a page or a program for something else.
 * Browsers say so (Fetch Metadata, `Sec-Fetch-Mode: navigate`); where that header is missing, as on
 * plain HTTP to a host that is not local, a GET that prefers HTML counts.
 */
export function isNavigation({ method, headers }: IncomingMessage): boolean {
  if (method !== 'GET' && method !== 'HEAD') return false
  const mode = headers['sec-fetch-mode']
  if (mode !== undefined) return mode === 'navigate'
  return /^\s*(text\/html|application\/xhtml\+xml)/i.test(headers.accept ?? '')
}

/** The page for a fault: it needs nothing from elsewhere, and reloads itself when the side recovers. */
export function faultPage(side: string, { title, text }: Fault): string {
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${escapeHtml(title)}</title>
<style>
  body { margin: 0; padding: 2rem; font: 1rem/1.5 system-ui, sans-serif;
    background: light-dark(#fdfcfb, #16181c); color: light-dark(#1f2328, #e6e8eb); }
  main { max-width: 60rem; margin: 0 auto; }
  h1 { margin: 0 0 .25rem; font-size: 1.25rem; color: light-dark(#b3261e, #ff8f87); }
  p { margin: 0 0 1.5rem; color: light-dark(#59636e, #9aa4af); }
  pre { margin: 0 0 1.5rem; padding: 1rem; overflow-x: auto; border-radius: .5rem;
    font: .875rem/1.5 ui-monospace, monospace; tab-size: 2;
    background: light-dark(#f3f1ee, #202329); }
</style>
<main>
  <h1>${escapeHtml(title)}</h1>
  <p>${escapeHtml(side)}</p>
  <pre tabindex="0">${escapeHtml(text)}</pre>
  <p role="status">This page reloads when the next save runs.</p>
</main>
<script>
  new EventSource(${JSON.stringify(recoveryPath)}).addEventListener('recovered', () => location.reload())
</script>
</html>
`
}

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
}

function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => entities[character] ?? character)
}
