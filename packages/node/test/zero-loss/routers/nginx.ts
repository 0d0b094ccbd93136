import { mkdir, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { type RouterKind, type RouterOptions, runRouter } from './router.ts'
import { wait } from '../wait.ts'

/**
 * nginx asks no server how it is: that is for its commercial edition. What deploys must tell it, as
 * the ingress controllers built on it do: here, a loop that asks `/readyz`, writes the upstream anew
 * and reloads.
 */
export const nginx: RouterKind = {
  name: 'nginx',
  version: ['nginx', '-v'],
  async start(options) {
    const { folder, target, servers, checkEveryMs, keepsConnections } = options
    const file = path.join(folder, 'nginx.conf')
    await mkdir(path.join(folder, 'temp'))
    await writeFile(path.join(folder, 'upstream.conf'), upstream(servers, keepsConnections))
    await writeFile(file, configuration(options))
    const running = await runRouter('nginx', ['-p', folder, '-c', file, '-e', 'stderr'], target)
    if (checkEveryMs === undefined) return running

    let isStopped = false
    let known = ''
    const watch = async () => {
      while (!isStopped) {
        const ready = await Promise.all(servers.map(isReady))
        const now = upstream(
          servers.filter((_, index) => ready[index]),
          keepsConnections,
        )
        if (now !== known && ready.includes(true)) {
          await writeFile(path.join(folder, 'upstream.conf'), (known = now))
          running.child.kill('SIGHUP')
        }
        await wait(checkEveryMs)
      }
    }
    const watching = watch()
    return {
      async stop() {
        isStopped = true
        await watching
        await running.stop()
      },
    }
  },
}

async function isReady(port: number): Promise<boolean> {
  try {
    return (await fetch(`http://127.0.0.1:${port}/readyz`)).ok
  } catch {
    return false
  }
}

function upstream(servers: readonly number[], keepsConnections: boolean): string {
  const lines = servers.map((port) => `server 127.0.0.1:${port} max_fails=0;`)
  return [...lines, ...(keepsConnections ? ['keepalive 16;'] : [])].join('\n')
}

function configuration({ target, folder, certificate, checkEveryMs }: RouterOptions): string {
  const { host, port, tlsPort } = target
  const location = `
    location / {
      proxy_pass http://app;
      proxy_http_version 1.1;
      proxy_set_header Host $host;
      proxy_set_header Upgrade $http_upgrade;
      proxy_set_header Connection $connection_upgrade;
      proxy_buffering off;
      # Nothing that is lost is to be hidden.
      proxy_next_upstream off;
    }`
  return `
daemon off;
pid ${folder}/nginx.pid;
error_log stderr crit;
worker_processes 1;
${process.getuid?.() === 0 ? 'user root;' : ''}
events { worker_connections 2000; }
http {
  access_log off;
${['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi']
  .map((name) => `  ${name}_temp_path ${folder}/temp/${name};`)
  .join('\n')}
  upstream app { include ${folder}/upstream.conf; }
  map $http_upgrade $connection_upgrade { default upgrade; '' ''; }
  server {
    listen ${host}:${port};
    ${checkEveryMs === undefined ? '' : withoutKeepAlive}
    ${location}
  }
  server {
    listen ${host}:${tlsPort} ssl http2;
    ssl_certificate ${certificate.certificate};
    ssl_certificate_key ${certificate.key};
    ${location}
  }
}
`
}

/**
 * At a reload nginx closes the idle connections of clients, also one that a request is just coming
 * on. HTTP/2 has its GOAWAY for that; HTTP/1.1 leaves it to the client to try again.
 */
const withoutKeepAlive = 'keepalive_timeout 0;'
