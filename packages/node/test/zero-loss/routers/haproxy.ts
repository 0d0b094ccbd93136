import { readFile, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { type RouterKind, type RouterOptions, runRouter } from './router.ts'

export const haproxy: RouterKind = {
  name: 'HAProxy',
  version: ['haproxy', '-v'],
  async start(options) {
    const { folder, certificate, target } = options
    const pem = path.join(folder, 'haproxy.pem')
    const parts = [certificate.certificate, certificate.key].map((file) => readFile(file, 'utf8'))
    await writeFile(pem, (await Promise.all(parts)).join(''))
    const file = path.join(folder, 'haproxy.cfg')
    await writeFile(file, configuration(options, pem))
    return runRouter('haproxy', ['-db', '-f', file], target)
  },
}

function configuration(options: RouterOptions, pem: string): string {
  const { servers, target, checkEveryMs, keepsConnections, isHttp2 } = options
  const { host, port, tlsPort } = target
  const protocol = isHttp2 ? ' ssl verify none alpn h2 check-alpn http/1.1 ws h1' : ''
  return `
global
  maxconn 2000

defaults
  mode http
  timeout connect 5s
  timeout client 60s
  timeout server 60s
  timeout tunnel 1h
  # A server whose loop is blocked is slow, not gone.
  timeout check 5s
  # Nothing that is lost is to be hidden.
  retries 0

frontend clients
  bind ${host}:${port}
  bind ${host}:${tlsPort} ssl crt ${pem} alpn h2,http/1.1
  default_backend app

backend app
  balance roundrobin
  ${keepsConnections ? '' : 'option http-server-close'}
  ${checkEveryMs === undefined ? '' : checks(checkEveryMs)}
${servers.map((at, index) => `  server app${index} 127.0.0.1:${at}${protocol}`).join('\n')}
`
}

const checks = (everyMs: number) => `
  option httpchk GET /readyz
  http-check expect status 200
  default-server check inter ${everyMs}ms downinter 100ms fall 1 rise 1`
