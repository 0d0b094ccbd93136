import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'

/** What a file holds that has only to be there. */
const files: Readonly<Record<string, string>> = {
  'index.html': '<h1>home</h1>',
  'docs/index.html': '<h1>docs</h1>',
  'page.html': '<h1>page</h1>',
  'both.html': 'both, a page',
  'both/index.html': 'both, a folder',
  'dir/file.js': 'a file',
  'digits.txt': '0123456789',
  'a b.css': 'a{}',
  'é.txt': 'accent',
  '@scope/file.js': 'scoped',
  'empty.txt': '',
  'assets/app.js': 'the app',
  'assets/app.css': 'the style',
  LICENSE: 'no extension',
  '.well-known/it': 'known',
  _headers: [
    '# For names that change with their content.',
    '/assets/*',
    '  Cache-Control: public, max-age=31536000, immutable',
    '  X-Two: one',
    '',
    '/assets/:name.js',
    '  X-Two: two',
    '  ! Cache-Control',
  ].join('\n'),
}

/** Types of files by their endings, for `type.<ending>`. */
export const types: Readonly<Record<string, string>> = {
  mjs: 'text/javascript; charset=utf-8',
  json: 'application/json',
  svg: 'image/svg+xml',
  png: 'image/png',
  ico: 'image/vnd.microsoft.icon',
  xml: 'application/xml',
  webmanifest: 'application/manifest+json',
  wasm: 'application/wasm',
  map: 'application/json',
  woff2: 'font/woff2',
  pdf: 'application/pdf',
  md: 'text/markdown; charset=utf-8',
}

/** Writes a static folder, `public`, with a file and no more beside it, in a folder of its own. */
export async function writeStaticFolder(): Promise<{ path: string; remove: () => Promise<void> }> {
  const folder = await mkdtemp(path.join(tmpdir(), 'static-'))
  const all = Object.entries(types).map(([ending]) => [`type.${ending}`, '1'] as const)
  for (const [name, text] of [...Object.entries(files), ...all]) {
    const file = path.join(folder, 'public', name)
    await mkdir(path.dirname(file), { recursive: true })
    await writeFile(file, text)
  }
  await writeFile(path.join(folder, 'secret.txt'), 'secret')
  return { path: folder, remove: () => rm(folder, { recursive: true }) }
}

/** A link out of the folder: Workers' own tool follows it when it uploads. */
export function linkOut(folder: string): Promise<void> {
  return symlink(path.join(folder, 'secret.txt'), path.join(folder, 'public/link.txt'))
}
