import { execFileSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import path from 'node:path'
import { fetchBun, fetchDeno } from '../../scripts/tools.ts'
import { cache, publicFolder, serverFile } from './build.ts'
import { type PeerKind, versionOf } from './peers.ts'
import { type Command, freePort } from './server.ts'

/** How a server of `servers/` is started on Node. */
export function nodeServer(name: string, more: Partial<Command> = {}): Command {
  return {
    name,
    file: process.execPath,
    args: [serverFile(name)],
    ...more,
    env: { BENCH_PUBLIC: publicFolder, ...more.env },
  }
}

/** How a server is started, and the version of it; `undefined` where this machine has none. */
export async function commandOf(
  kind: PeerKind,
): Promise<{ command: Command; version: string } | undefined> {
  const { name, runtime } = kind
  if (runtime === 'node') {
    const version = kind.package === undefined ? process.version : versionOf(kind.package)
    return { command: nodeServer(name), version }
  }
  const found = quietly(() => fetched[runtime]())
  if (found === undefined) return undefined
  const { file, version } = found
  if (runtime !== 'nginx') {
    const args = { bun: ['run'], deno: ['run', '--allow-all'] }[runtime]
    return { command: { name, file, args: [...args, serverFile(name)] }, version }
  }
  const port = await freePort()
  const config = path.join(cache, 'nginx.conf')
  writeFileSync(config, nginxConfig(port))
  return { command: { name, file, args: ['-p', cache, '-c', config], port }, version }
}

const fetched = {
  bun: () => withVersion(fetchBun(), '--version'),
  deno: () => withVersion(fetchDeno(), '--version'),
  nginx: () => withVersion('nginx', '-v'),
}

function withVersion(file: string, flag: string): { file: string; version: string } {
  const said = execFileSync('sh', ['-c', 'exec "$0" "$1" 2>&1', file, flag], { encoding: 'utf8' })
  return { file, version: /\d+\.\d+\.\d+/.exec(said)?.[0] ?? said.trim() }
}

function quietly<T>(get: () => T): T | undefined {
  try {
    return get()
  } catch {
    return undefined
  }
}

/** One process, as all the others are. */
function nginxConfig(port: number): string {
  return `daemon off;
master_process off;
pid ${path.join(cache, 'nginx.pid')};
error_log stderr error;
events { worker_connections 16384; }
http {
  access_log off;
  keepalive_requests 1000000000;
  server {
    listen ${port};
    default_type 'text/plain; charset=UTF-8';
    location / { return 200 'Hello, world'; }
  }
}
`
}
