/**
 * Preloaded into a port-bound app under `mooring dev`: when the command is gone, even by SIGKILL,
 * its end of our stdin closes, and the app drains and ends like on any other stop.
 */
const giveUpAfterMs = 5_000

process.stdin.on('close', () => {
  process.kill(process.pid, 'SIGTERM')
  setTimeout(() => process.kill(process.pid, 'SIGKILL'), giveUpAfterMs).unref()
})
process.stdin.resume()
// Watching must not keep an app alive that has nothing more to do.
;(process.stdin as unknown as { unref?: () => void }).unref?.()
