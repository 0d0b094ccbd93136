import { execFileSync } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { gzipSync } from 'node:zlib'
import { root } from './tools.ts'

// What Mooring adds to a Worker's bundle, made by wrangler as for a deployment.

/** Bytes, compressed, that `handle` may add to a bare Hono app. */
const limitBytes = 1024

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
print('handle(defineApp({ … }))', fixture('define-app'))
print('links, as it is deployed', measure('apps/links-edge'))

const added = handled.gzipBytes - bare.gzipBytes
process.stdout.write(`handle adds ${added} B gzip, of at most ${limitBytes}\n`)
process.exitCode = added <= limitBytes ? 0 : 1

function print(name: string, { bytes, gzipBytes }: Size): void {
  const over = gzipBytes - bare.gzipBytes
  const columns = [name.padEnd(26), `${bytes} B`.padStart(9), `${gzipBytes} B gzip`.padStart(13)]
  process.stdout.write(`${columns.join('  ')}${over ? `, ${over} over a bare Hono app` : ''}\n`)
}
