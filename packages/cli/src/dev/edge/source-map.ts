import { readFile } from 'node:fs/promises'
import { SourceMap, type SourceMapPayload } from 'node:module'
import path from 'node:path'
import { pathToFileURL } from 'node:url'

/** Where the code of one bundle came from. */
export interface BundleMap {
  readonly scriptPath: string
  readonly payload: SourceMapPayload
}

/** What Wrangler says of a bundle, as far as it is used here. */
interface Bundle {
  readonly path: string
  readonly sourceMapPath: string | undefined
}

/** The source map of a bundle, where Wrangler wrote one. */
export async function readBundleMap(
  projectRoot: string,
  bundle: Bundle,
): Promise<BundleMap | undefined> {
  if (!bundle.sourceMapPath) return undefined
  const file = path.resolve(projectRoot, bundle.sourceMapPath)
  const text = await readFile(file, 'utf8').catch(() => undefined)
  if (text === undefined) return undefined
  const payload = JSON.parse(text) as SourceMapPayload
  const root = path.resolve(path.dirname(file), payload.sourceRoot ?? '')
  const sources = payload.sources.map((source) => path.resolve(root, source))
  return { scriptPath: bundle.path, payload: { ...payload, sources, sourcesContent: [] } }
}

/** `file:///…/worker.js:12:3` in a stack, or bare `worker.js:12:3` where workerd refuses to start. */
const position = /((?:file:\/\/)?[^\s()]*?)([\w.-]+\.js):(\d+):(\d+)/g

/** A text of the runtime with the positions in bundles replaced by those in the source. */
export function mapPositions(text: string, maps: readonly BundleMap[]): string {
  return text.replace(
    position,
    (whole, folder: string, name: string, line: string, column: string) => {
      const url = `${folder}${name}`
      const map = maps.find(({ scriptPath }) =>
        folder === '' ? path.basename(scriptPath) === name : pathToFileURL(scriptPath).href === url,
      )
      if (!map) return whole
      const origin = new SourceMap(map.payload).findOrigin(Number(line), Number(column))
      if (!('fileName' in origin)) return whole
      return `${path.relative(process.cwd(), origin.fileName)}:${origin.lineNumber}:${origin.columnNumber}`
    },
  )
}
