import { execFile } from 'node:child_process'
import path from 'node:path'
import { promisify } from 'node:util'
import type { Plugin } from 'esbuild'

const runFile = promisify(execFile)

/** Milliseconds for a package that only has to be imported. */
const importMs = 20_000

/** Prints what an import of a CommonJS file gives; nothing for an ES module. */
const ask = `
import { createRequire } from 'node:module'
import { pathToFileURL } from 'node:url'
const file = process.argv[1]
const names = Object.keys(await import(pathToFileURL(file).href))
if (createRequire(file).cache[file]) console.log('\\n' + JSON.stringify(names))
process.exit(0)`

const namespace = 'lazy-commonjs'

/**
 * Gives `await import()` of a CommonJS package the names that it has in Node. esbuild gives it only a
 * `default`, so that what works unbundled would find `undefined` in production.
 */
export function lazyCommonJs(): Plugin {
  const known = new Map<string, Promise<readonly string[] | undefined>>()
  const namesIn = (file: string) => {
    if (!known.has(file)) known.set(file, askNode(file))
    return known.get(file)
  }
  return {
    name: namespace,
    setup(build) {
      build.onResolve({ filter: /^/ }, async ({ path: specifier, pluginData, ...args }) => {
        if (args.kind !== 'dynamic-import' || pluginData === resolving) return undefined
        const found = await build.resolve(specifier, { ...args, pluginData: resolving })
        // What is not found may be caught where it is imported, which only esbuild sees.
        if (found.errors.length > 0) return undefined
        if (found.external || found.namespace !== 'file') return found
        const names = /\.c?js$/.test(found.path) ? await namesIn(found.path) : undefined
        return names ? { path: found.path, namespace, pluginData: names } : found
      })
      build.onLoad({ filter: /^/, namespace }, ({ path: file, pluginData }) => {
        const names = (pluginData as readonly string[]).filter((name) => identifier.test(name))
        const contents = [
          `const all = require(${JSON.stringify(file)})`,
          'export default all',
          ...names.map((name) => `const $${name} = all.${name}`),
          `export { ${names.map((name) => `$${name} as ${name}`).join(', ')} }`,
        ].join('\n')
        return { contents, resolveDir: path.dirname(file) }
      })
    },
  }
}

/** Marks our own question, so that it is not answered by asking it again. */
const resolving = Symbol('resolving')

/** Names that code can say; `default` is written apart. */
const identifier = /^(?!default$)[A-Za-z_$][\w$]*$/

/** What cannot be imported by itself is left to esbuild, and to whoever imports it. */
async function askNode(file: string): Promise<readonly string[] | undefined> {
  const args = ['--input-type=module', '--eval', ask, '--', file]
  const { stdout } = await runFile(process.execPath, args, { timeout: importMs }).catch(() => ({
    stdout: '',
  }))
  const line = stdout.trim().split('\n').at(-1)
  return line ? (JSON.parse(line) as string[]) : undefined
}
