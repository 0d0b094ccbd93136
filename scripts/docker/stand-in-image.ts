import { execFile } from 'node:child_process'
import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { promisify } from 'node:util'

/** On an image that this module made. */
export const standInLabel = 'mooring.stand-in'

/** As in the image that it stands in for. */
const entrypoint = `#!/bin/sh
set -e
if [ "\${1#-}" != "\${1}" ] || [ -z "$(command -v "\${1}")" ] || { [ -f "\${1}" ] && ! [ -x "\${1}" ]; }; then
  set -- node "$@"
fi
exec "$@"
`

/**
 * Makes an image with the name of an official Node image where no registry can be reached: Debian's
 * base system, Node, npm, and the user `node`. A Dockerfile builds on it unchanged.
 *
 * The build reaches the package registry as this machine does, so the certificates that this
 * machine trusts go in too.
 *
 * @param node the Node binary of the version that the name promises
 */
export async function makeStandInImage(name: string, node: string): Promise<void> {
  const folder = mkdtempSync(path.join(tmpdir(), 'mooring-image-'))
  const rootfs = path.join(folder, 'rootfs')
  try {
    const include = '--include=libatomic1,libstdc++6,ca-certificates'
    await run('debootstrap', '--variant=minbase', include, 'bookworm', rootfs)
    for (const cache of [
      'var/cache/apt',
      'var/lib/apt/lists',
      'usr/share/doc',
      'usr/share/locale',
    ]) {
      rmSync(path.join(rootfs, cache), { recursive: true, force: true })
    }
    const local = path.join(rootfs, 'usr/local')
    cpSync(realpathSync(node), path.join(local, 'bin/node'))
    mkdirSync(path.join(local, 'lib/node_modules'), { recursive: true })
    cpSync(await npmFolder(), path.join(local, 'lib/node_modules/npm'), { recursive: true })
    for (const bin of ['npm', 'npx']) {
      symlinkSync(`../lib/node_modules/npm/bin/${bin}-cli.js`, path.join(local, 'bin', bin))
    }
    writeFileSync(path.join(local, 'bin/docker-entrypoint.sh'), entrypoint, { mode: 0o755 })
    await run(
      'chroot',
      rootfs,
      'useradd',
      '--uid',
      '1000',
      '--create-home',
      '--shell',
      '/bin/bash',
      'node',
    )

    const trusted = '/etc/ssl/certs/ca-certificates.crt'
    const ours = process.env['NODE_EXTRA_CA_CERTS'] ?? process.env['SSL_CERT_FILE']
    if (ours !== undefined) cpSync(realpathSync(ours), path.join(rootfs, trusted))
    const tarball = path.join(folder, 'rootfs.tar')
    await run('tar', '-C', rootfs, '-cf', tarball, '.')
    const changes = [
      `ENV NODE_EXTRA_CA_CERTS=${trusted} SSL_CERT_FILE=${trusted}`,
      `LABEL ${standInLabel}=true`,
      'ENTRYPOINT ["docker-entrypoint.sh"]',
      'CMD ["node"]',
    ].flatMap((change) => ['--change', change])
    await run('docker', 'import', ...changes, tarball, name)
  } finally {
    rmSync(folder, { recursive: true })
  }
}

/** Where this machine's npm is: the real file of the command is `<npm>/bin/npm-cli.js`. */
async function npmFolder(): Promise<string> {
  const command = await run('sh', '-c', 'command -v npm')
  return path.dirname(path.dirname(realpathSync(command.trim())))
}

/** Runs a program to its end. @returns its stdout. Throws with its stderr where it fails. */
async function run(program: string, ...args: string[]): Promise<string> {
  const { stdout } = await promisify(execFile)(program, args, { maxBuffer: 64 * 1024 * 1024 })
  return stdout
}
