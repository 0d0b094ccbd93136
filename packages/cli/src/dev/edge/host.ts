/**
 * The process that runs the injected side: Wrangler's bundler, and Miniflare, which runs workerd.
 * Neither is built to share a process with anything, and both can bring it down; `mooring dev`
 * starts this one again then.
 */
import { rmSync } from 'node:fs'
import { loadMiniflare } from './cloudflare-tools.ts'
import { createEdgeHost } from './edge-host.ts'
import type { FromHost, ToHost } from './protocol.ts'

const send = (message: FromHost) => void process.send?.(message)
const host = createEdgeHost(send)

process.on('message', (message: ToHost) => host.receive(message))
process.on('SIGTERM', end)
// Every start needs it: while the first messages are on their way there is time.
setImmediate(loadMiniflare)
// Without its parent it has no one to serve.
process.on('disconnect', end)

function end(): void {
  void host.close().finally(() => {
    const scratch = process.env['MOORING_SCRATCH']
    if (scratch) rmSync(scratch, { recursive: true, force: true })
    process.exit(0)
  })
}
