import { createRequire } from 'node:module'

// Both are CommonJS files of several megabytes. `import` would parse each a second time, for the
// names that it exports, which takes as long again as to run it.
const require = createRequire(import.meta.url)

export function loadMiniflare(): typeof import('miniflare') {
  return require('miniflare') as typeof import('miniflare')
}

export function loadWrangler(): typeof import('wrangler') {
  return require('wrangler') as typeof import('wrangler')
}
