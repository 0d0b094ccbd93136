import { chmod, readdir, writeFile } from 'node:fs/promises'
import path from 'node:path'

/** Where what V8 has made of the code is kept, beside it. */
const compiled = path.join('server', 'compiled')

const startFile = `import { enableCompileCache } from 'node:module'

const directory = \`\${import.meta.dirname}/server/compiled\`
try {
  enableCompileCache({ directory, portable: true })
} catch {
  // Before Node 24 it takes a path, and what it keeps is for this place.
  enableCompileCache(directory)
}
await import('./server/main.js')
`

/**
 * Writes what is started. A start reads what the build has compiled, which the bundle leaves there
 * when it is asked what it serves. Another version of Node compiles again, and keeps that where it
 * may write.
 */
export async function writeStartFile(file: string): Promise<void> {
  await writeFile(file, startFile)
}

/** Node keeps it for its own user; it is no secret, and in a container the server is another one. */
export async function shareCompiled(dist: string): Promise<void> {
  const folder = path.join(dist, compiled)
  const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch(() => [])
  for (const entry of entries) {
    if (entry.isFile()) await chmod(path.join(entry.parentPath, entry.name), 0o644)
  }
}

/** Whether a file of a build is compiled code. */
export function isCompiled(dist: string, file: string): boolean {
  return file.startsWith(path.join(dist, compiled) + path.sep)
}
