import type { ChildProcess } from 'node:child_process'
import { type Environment, launch, type Program } from '../../process.ts'
import { wait } from '../wait.ts'
import type { Restart } from './way.ts'

export interface Instance extends Program {
  readonly pid: number
  readonly port: number
}

/** Starts a server and waits until it listens. */
export async function startInstance(
  fixture: string,
  env: Environment,
  descriptor?: number,
): Promise<Instance> {
  const started = launch(fixture, { HOST: '127.0.0.1', ...env }, descriptor)
  const { port } = await started.event('listening')
  return { ...started, pid: started.child.pid!, port: port as number }
}

/** Ends a server as a platform does, and insists that it ends by itself. */
export async function terminate(
  instance: Instance,
  { signalling, blockMs }: Pick<Restart, 'signalling' | 'blockMs'>,
): Promise<void> {
  const blocked = await block(instance.port, blockMs)
  signalling(instance.pid)
  instance.child.kill('SIGTERM')
  const status = await instance.exited
  await blocked?.answer
  if (status !== 0) throw new Error(`exit status ${status}:\n${instance.stdout()}`)
}

/** Blocks the event loop of who listens on a port, and lets requests queue up behind that. */
export async function block(
  port: number,
  forMs: number,
): Promise<{ readonly answer: Promise<unknown> } | undefined> {
  if (forMs === 0) return undefined
  const answer = fetch(`http://127.0.0.1:${port}/block/${forMs}`)
  await wait(forMs / 3)
  return { answer }
}

/** At the end of a scenario, when nothing is asked any more. */
export async function stopAll(children: readonly ChildProcess[]): Promise<void> {
  for (const child of children) child.kill('SIGTERM')
  await Promise.all(
    children.map(async (child) => {
      while (child.exitCode === null && child.signalCode === null) await wait(20)
    }),
  )
}
