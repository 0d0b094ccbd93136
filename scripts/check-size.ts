import { execFileSync } from 'node:child_process'
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { gzipSync } from 'node:zlib'
import { root } from './tools.ts'

// What Mooring adds to a Worker's bundle, made by wrangler as for a deployment.

/** Bytes, compressed, that each may add to a bare Hono app. */
const limitsBytes = { handle: 1024, defineApp: 4096 }

/** What is only in the bundle of an app that uses it: files, and folders that end in a slash. */
const extras = [
  'packages/cloudflare/src/topic-object.ts',
  'packages/cloudflare/src/web-socket-object.ts',
  'packages/core/src/background.ts',
  'packages/core/src/queues/',
  'packages/core/src/resources/kv.ts',
  'packages/core/src/resources/queue.ts',
  'packages/core/src/resources/service.ts',
  'packages/core/src/resources/topic.ts',
  'packages/core/src/schedules/',
  'packages/core/src/topics/',
  'packages/core/src/websocket/upgrade.ts',
]

/** Of those, what `apps/links` uses: to see them shows that a bundle's map tells of them. */
const ofLinks = ['packages/cloudflare/src/topic-object.ts', 'packages/core/src/resources/kv.ts']

interface Size {
  readonly bytes: number
  readonly gzipBytes: number
  /** Those of `extras` that are in it. */
  readonly extras: readonly string[]
}

/** Bundles an entry as it would be deployed from its folder. */
function measure(folder: string, ...args: string[]): Size {
  const cwd = path.join(root, folder)
  const outdir = mkdtempSync(path.join(tmpdir(), 'mooring-size-'))
  try {
    const wrangler = path.join(cwd, 'node_modules/.bin/wrangler')
    const options = ['--dry-run', '--minify', '--outdir', outdir]
    execFileSync(wrangler, ['deploy', ...args, ...options], { cwd, stdio: ['ignore', 'ignore', 2] })
    const read = (ending: string) =>
      readdirSync(outdir)
        .filter((file) => file.endsWith(ending))
        .map((file) => readFileSync(path.join(outdir, file)))
    const code = read('.js')
    // A map names the files that code is left of, after what nothing uses is gone.
    const sources = read('.js.map').flatMap((map) => JSON.parse(String(map)).sources as string[])
    return {
      bytes: code.reduce((sum, content) => sum + content.length, 0),
      gzipBytes: code.reduce((sum, content) => sum + gzipSync(content).length, 0),
      extras: extras.filter((extra) => sources.some((source) => holds(source, extra))),
    }
  } finally {
    rmSync(outdir, { recursive: true })
  }
}

function holds(source: string, extra: string): boolean {
  return extra.endsWith('/') ? source.includes(`/${extra}`) : source.endsWith(`/${extra}`)
}

function fixture(name: string): Size {
  const file = `test/fixtures/size/${name}.ts`
  const config = ['--name', 'size', '--compatibility-date', '2026-11-01']
  return measure('packages/cloudflare', file, ...config)
}

const bare = fixture('bare')
const handled = fixture('handle')
print('new Hono()', bare)
print('handle(new Hono())', handled)
const defined = fixture('define-app')
print('handle(defineApp({ … }))', defined)
const links = measure('apps/links-edge')
print('links, as it is deployed', links)

const faults = [
  ...overLimit('handle', handled, limitsBytes.handle),
  ...overLimit('defineApp', defined, limitsBytes.defineApp),
  ...[handled, defined].flatMap((size) =>
    size.extras.map((extra) => `${extra} is in the bundle of an app that does not use it`),
  ),
  ...ofLinks
    .filter((extra) => !links.extras.includes(extra))
    .map((extra) => `${extra} is not in the bundle of links, which uses it`),
  ...extras
    .filter((extra) => !existsSync(path.join(root, extra)))
    .map((extra) => `${extra} is named here, and there is no such file`),
]
process.stdout.write(
  faults.length === 0
    ? 'what an app does not use is not in its bundle\n'
    : `${faults.join('\n')}\n`,
)
process.exitCode = faults.length === 0 ? 0 : 1

function overLimit(name: string, size: Size, limitBytes: number): string[] {
  const added = size.gzipBytes - bare.gzipBytes
  process.stdout.write(`${name} adds ${added} B gzip, of at most ${limitBytes}\n`)
  return added <= limitBytes ? [] : [`${name} adds ${added - limitBytes} B gzip too many`]
}

function print(name: string, { bytes, gzipBytes }: Size): void {
  const over = gzipBytes - bare.gzipBytes
  const columns = [name.padEnd(26), `${bytes} B`.padStart(9), `${gzipBytes} B gzip`.padStart(13)]
  process.stdout.write(`${columns.join('  ')}${over ? `, ${over} over a bare Hono app` : ''}\n`)
}
