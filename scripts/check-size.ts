import { execFileSync } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { gzipSync } from 'node:zlib'
import { checkFeatures } from './size-features.ts'
import { root } from './tools.ts'

// What Mooring adds to a Worker's bundle, made by wrangler as for a deployment.

/** Bytes, compressed, that each may add to a bare Hono app. */
const limitsBytes = { handle: 1024, defineApp: 4096 }

interface Size {
  readonly bytes: number
  readonly gzipBytes: number
}

/** Bundles an entry as it would be deployed from its folder. */
function measure(folder: string, ...args: string[]): Size {
  const cwd = path.join(root, folder)
  const outdir = mkdtempSync(path.join(tmpdir(), 'mooring-size-'))
  try {
    const wrangler = path.join(cwd, 'node_modules/.bin/wrangler')
    const options = ['--dry-run', '--minify', '--outdir', outdir]
    execFileSync(wrangler, ['deploy', ...args, ...options], { cwd, stdio: ['ignore', 'ignore', 2] })
    const code = readdirSync(outdir)
      .filter((file) => file.endsWith('.js'))
      .map((file) => readFileSync(path.join(outdir, file)))
    return {
      bytes: code.reduce((sum, content) => sum + content.length, 0),
      gzipBytes: code.reduce((sum, content) => sum + gzipSync(content).length, 0),
    }
  } finally {
    rmSync(outdir, { recursive: true })
  }
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
print('links, as it is deployed', measure('apps/links-edge'))

const faults = [
  ...overLimit('handle', handled, limitsBytes.handle),
  ...overLimit('defineApp', defined, limitsBytes.defineApp),
  ...(await checkFeatures()),
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
