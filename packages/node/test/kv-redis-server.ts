import { type ChildProcess, execFile, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { readFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { temporaryFolder } from './kv-attachment.ts'

export interface RedisServer {
  readonly port: number
  /** The certificate of a server with TLS, which signed itself. */
  readonly certificate: string
  /** Sends a signal, and for one that ends the process waits until it has ended. */
  signal(signal: 'SIGKILL' | 'SIGSTOP' | 'SIGCONT'): Promise<void>
  /** Starts it again at the same port, with the data that it had. */
  start(): Promise<void>
  /** Runs one command by `redis-cli`, as a user would look at the store. */
  command(...args: string[]): Promise<string>
  /** Ends it and removes its files. */
  remove(): Promise<void>
}

/**
 * Whether there is a Redis here. CI has one, so that nothing is left out there without a failure;
 * elsewhere the tests that need it are left out with a warning.
 */
export function hasRedis(): boolean {
  const found = spawnSync('redis-server', ['--version']).error === undefined
  if (!found && process.env['CI']) throw new Error('redis-server is not installed')
  if (!found) console.warn('redis-server is not installed: THE REDIS DRIVER IS NOT TESTED')
  return found
}

/** Starts a real Redis on a free port of 127.0.0.1. */
export async function startRedis(
  options: { readonly password?: string; readonly tls?: boolean } = {},
): Promise<RedisServer> {
  const folder = await temporaryFolder()
  const [key, certificate] = ['key.pem', 'certificate.pem'].map((name) => join(folder.path, name))
  if (options.tls) await createCertificate(key!, certificate!)
  const port = await freePort()
  const listen = options.tls
    ? ['--port', '0', '--tls-port', `${port}`, '--tls-key-file', key!]
        .concat(['--tls-cert-file', certificate!, '--tls-ca-cert-file', certificate!])
        .concat(['--tls-auth-clients', 'no'])
    : ['--port', `${port}`]
  const data = [
    '--dir',
    folder.path,
    '--save',
    '',
    '--appendonly',
    'yes',
    '--appendfsync',
    'always',
  ]
  const password = options.password === undefined ? [] : ['--requirepass', options.password]
  const args = [...listen, '--bind', '127.0.0.1', ...data, ...password]
  let child: ChildProcess

  const server: RedisServer = {
    port,
    certificate: options.tls ? await readFile(certificate!, 'utf8') : '',
    async start() {
      child = spawn('redis-server', args, { stdio: ['ignore', 'pipe', 'inherit'] })
      let log = ''
      for await (const text of child
        .stdout!.setEncoding('utf8')
        .iterator({ destroyOnReturn: false })) {
        log += text
        if (log.includes('Ready to accept connections')) break
      }
      if (!log.includes('Ready')) throw new Error(`redis-server did not start:\n${log}`)
      child.stdout!.resume()
    },
    async signal(signal) {
      const ended = signal === 'SIGKILL' ? once(child, 'exit') : undefined
      child.kill(signal)
      await ended
    },
    async command(...command) {
      const secret = options.password === undefined ? [] : ['-a', options.password]
      const secure = options.tls ? ['--tls', '--cacert', certificate!] : []
      const at = ['-h', '127.0.0.1', '-p', `${port}`]
      const { stdout } = await promisify(execFile)('redis-cli', [
        ...at,
        ...secret,
        ...secure,
        ...command,
      ])
      return stdout.trim()
    },
    async remove() {
      if (child.exitCode === null && child.signalCode === null) await server.signal('SIGKILL')
      await folder.remove()
    },
  }
  await server.start()
  return server
}

/** Writes a key, and a certificate for localhost that it signs itself. */
export async function createCertificate(key: string, certificate: string): Promise<void> {
  const kind = ['-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes']
  const names = ['-subj', '/CN=localhost', '-addext', 'subjectAltName=DNS:localhost,IP:127.0.0.1']
  const files = ['-keyout', key, '-out', certificate]
  await promisify(execFile)('openssl', ['req', ...kind, '-days', '2', ...names, ...files])
}

/** A port that nothing has at the moment. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  server.close()
  await once(server, 'close')
  if (address === null || typeof address === 'string') throw new Error('no port')
  return address.port
}
