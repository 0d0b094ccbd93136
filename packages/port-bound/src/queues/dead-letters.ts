import { type App, createLogger, type FetchHandler, MooringError } from '@mooring/core'
import type { Adapter } from '@mooring/core/adapter'
import { readBudget } from '../budget.ts'
import { bootApp, nameOf } from '../declared-app.ts'
import { findByUrl, isDevelopment } from '../environment.ts'
import { exitFlushed } from '../exit.ts'
import { exitCodes } from '../exit-codes.ts'
import { createLogWriter } from '../log.ts'
import { createMetrics } from '../metrics.ts'
import { badSetting } from '../settings.ts'

/**
 * Lists the dead letters of a queue as JSON lines, or sends them anew, and ends the process. Nothing
 * is bound, and no message is handled.
 *
 * @param runtime the name of the adapter
 * @param asked `list <queue>` or `replay <queue>`, as `MOORING_DEAD_LETTERS` has it
 * @throws MOORING_E_SETTING, MOORING_E_UNSUPPORTED, MOORING_E_CONFIG
 */
export async function tendDeadLetters(
  runtime: string,
  app: App<FetchHandler, any> | FetchHandler,
  env: NodeJS.ProcessEnv,
  asked: string,
): Promise<never> {
  const write = createLogWriter(nameOf(app), env, createMetrics())
  const adapter: Adapter = {
    name: runtime,
    write,
    drainSignal: new AbortController().signal,
    clientAddress: () => undefined,
  }
  const find = findByUrl(env, isDevelopment(env))
  const { resources } = await bootApp(app, { adapter, env, find }, createLogger(write))

  const [, verb, name] = /^(list|replay) (.+)$/.exec(asked) ?? []
  const queues = resources.filter(({ kind }) => kind === 'queue')
  const queue = queues.find((each) => each.name === name)
  if (queue === undefined) {
    const names = queues.map((each) => each.name).join(', ') || 'none is declared'
    const expected = `list or replay, and the name of a queue (${names})`
    throw badSetting('MOORING_DEAD_LETTERS', asked, expected)
  }
  if (queue.deadLetters === undefined) {
    throw new MooringError('MOORING_E_UNSUPPORTED', {
      message: `The queue ${queue.name} keeps no dead letters at ${queue.target ?? 'nothing'}.`,
      why: 'One in Redis or in a file keeps them; of one in memory only the log tells.',
      fix: 'name the queue of the serving processes, by the same variables as theirs.',
    })
  }
  const { list, replay } = queue.deadLetters
  const lines = verb === 'list' ? await list() : [{ replayed: await replay() }]
  for (const line of lines) process.stdout.write(`${JSON.stringify(line)}\n`)
  await Promise.allSettled(resources.map((resource) => resource.close?.()))
  const { graceMs } = readBudget(env)
  await exitFlushed(exitCodes.drained, graceMs)
  return undefined as never
}
