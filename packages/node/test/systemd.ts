import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { expect } from 'vitest'

/**
 * Whether systemd's tools are here. CI has them; elsewhere the tests that need them are left out with
 * a warning.
 */
export function hasSystemd(): boolean {
  const tools = ['systemd-notify', 'systemd-analyze', 'systemd-socket-activate']
  const missing = tools.filter((tool) => spawnSync(tool, ['--version']).error !== undefined)
  if (missing.length === 0) return true
  const message = `${missing.join(', ')}: not installed`
  if (process.env['CI']) throw new Error(message)
  console.warn(`${message}: THE TESTS WITH SYSTEMD ARE LEFT OUT`)
  return false
}

/** What systemd has at the other end of NOTIFY_SOCKET: Node has no datagrams of AF_UNIX, Perl has. */
const receiver = `
use Socket;
socket(my $socket, AF_UNIX, SOCK_DGRAM, 0) or die $!;
my $path = $ARGV[0];
$path =~ s/^@/\\0/;
bind($socket, pack_sockaddr_un($path)) or die $!;
$| = 1;
print "bound\\n";
while (defined recv($socket, my $message, 65536, 0)) {
  $message =~ s/\\n/ | /g;
  print "$message\\n";
}`

/** A socket as systemd has it for a service of Type=notify. */
export interface NotifySocket {
  /** For NOTIFY_SOCKET. */
  readonly address: string
  /** The messages so far; their fields are separated by ` | `. */
  readonly messages: () => readonly string[]
  /** Resolves with the first message that has this field. */
  readonly message: (field: string) => Promise<string>
  readonly close: () => Promise<void>
}

/** @param name an abstract address where it begins with `@`, else the name of a file */
export async function listenForNotifications(name: string): Promise<NotifySocket> {
  const folder = mkdtempSync(path.join(tmpdir(), 'notify-'))
  const address = name.startsWith('@') ? `${name}-${process.pid}` : path.join(folder, name)
  const perl = spawn('perl', ['-e', receiver, address], { stdio: ['ignore', 'pipe', 'inherit'] })
  let text = ''
  perl.stdout.setEncoding('utf8').on('data', (chunk: string) => void (text += chunk))
  await expect.poll(() => text, { timeout: 30_000 }).toContain('bound\n')
  if (!name.startsWith('@')) chmodSync(address, 0o777)
  const lines = () => text.split('\n').slice(1, -1)
  // systemd-notify waits for systemd to have read what came before, and says so.
  const messages = () => lines().filter((line) => line !== 'BARRIER=1')
  const has = (field: string) => (message: string) => message.split(' | ').includes(field)
  return {
    address,
    messages,
    async message(field) {
      await expect.poll(() => messages().some(has(field)), { timeout: 60_000 }).toBe(true)
      return messages().find(has(field))!
    },
    async close() {
      perl.kill('SIGKILL')
      if (perl.exitCode === null && perl.signalCode === null) await once(perl, 'close')
      rmSync(folder, { recursive: true })
    },
  }
}
