import { writeFile } from 'node:fs/promises'
import path from 'node:path'
import { type RouterKind, type RouterOptions, runRouter } from './router.ts'

export const caddy: RouterKind = {
  name: 'Caddy',
  version: ['caddy', 'version'],
  async start(options) {
    const { folder, target } = options
    const file = path.join(folder, 'Caddyfile')
    await writeFile(file, configuration(options))
    const args = ['run', '--config', file, '--adapter', 'caddyfile']
    return runRouter('caddy', args, target, { HOME: folder })
  },
}

function configuration(options: RouterOptions): string {
  const { servers, target, checkEveryMs, keepsConnections, isHttp2, certificate } = options
  const { host, port, tlsPort } = target
  return `
{
	admin off
	auto_https off
}
(app) {
	reverse_proxy ${servers.map((at) => `${isHttp2 ? 'https://' : ''}127.0.0.1:${at}`).join(' ')} {
		lb_policy random
		${checkEveryMs === undefined ? '' : checks(checkEveryMs)}
		flush_interval -1
		transport http {
			${keepsConnections ? '' : 'keepalive off'}
			${isHttp2 ? 'versions 2\n\t\t\ttls_insecure_skip_verify' : ''}
		}
	}
}
http://${host}:${port} {
	import app
}
https://${host}:${tlsPort} {
	tls ${certificate.certificate} ${certificate.key}
	import app
}
`
}

const checks = (everyMs: number) => `
		health_uri /readyz
		health_interval ${everyMs}ms
		health_timeout 5s`
