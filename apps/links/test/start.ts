import { spawn } from 'node:child_process'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'

export interface Started {
  readonly url: string
  /** Ends it. @throws where it does not exit with 0 */
  readonly stop: () => Promise<void>
}

/**
 * Starts an entry file in a process of its own, on a free port, and waits until it listens.
 *
 * @param main relative to this app's folder
 */
export async function start(main: string, env: Readonly<Record<string, string>>): Promise<Started> {
  const file = fileURLToPath(new URL(`../${main}`, import.meta.url))
  const child = spawn(process.execPath, [file], {
    // Not the test runner's own environment: it has a BASE_URL, which is a setting of the app too.
    env: { PORT: '0', HOST: '127.0.0.1', NODE_ENV: 'development', ...env },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const exited = new Promise<number | null>((resolve) => child.on('exit', resolve))
  const url = await new Promise<string>((resolve, reject) => {
    createInterface(child.stdout).on('line', (line) => {
      const event = JSON.parse(line)
      if (event.message === 'listening') resolve(event.url)
    })
    void exited.then((code) => reject(new Error(`${main} exited with ${code}`)))
  })
  return {
    url,
    stop: async () => {
      child.kill('SIGTERM')
      const code = await exited
      if (code !== 0) throw new Error(`${main} exited with ${code}`)
    },
  }
}
