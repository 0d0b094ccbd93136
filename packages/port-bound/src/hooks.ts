import { type Logger, MooringError, type SetupContext } from '@mooring/core'
import type { BootedApp } from '@mooring/core/adapter'
import { type Check, type Checks, createChecks } from './checks.ts'
import { withDeadline } from './deadline.ts'
import { readDuration } from './settings.ts'

/** What `setup` got, and a signal that aborts when the hook's time is over. */
export type HookContext<Context> = Context & { readonly signal: AbortSignal }

/** Functions by name: the name is what logs, probes and errors call them. */
export type NamedHooks<Context> = Readonly<
  Record<string, (context: HookContext<Context>) => unknown>
>

/** What a process does around serving. A portable app knows nothing of it. */
export interface Hooks<Context = SetupContext<{}, {}>> {
  /**
   * Before the port is bound, one after the other. One that throws ends the start with status 1.
   * All of them have `BOOT_TIMEOUT`. @default 45s
   */
  readonly boot?: NamedHooks<Context>
  /**
   * What must hold for requests to be sent here: `/readyz` is 503 while one throws, resolves with
   * `false`, or takes longer than `CHECK_TIMEOUT`. A result is good for a second. @default 900ms
   */
  readonly ready?: NamedHooks<Context>
  /**
   * After the last request and the last background work, in reverse order, before the resources
   * are let go of. All run, within the reserve of the grace; one that fails is logged.
   */
  readonly close?: NamedHooks<Context>
}

export interface AttachedHooks {
  readonly checks: Checks
  /** @throws MOORING_E_BOOT, or the code of what a hook threw */
  readonly boot: () => Promise<void>
  /** Never rejects, and is done within the limit. */
  readonly close: (limitMs: number) => Promise<void>
}

/** @throws MOORING_E_SETTING */
export function attachHooks<Context>(
  hooks: Hooks<Context>,
  { context, resources }: Pick<BootedApp<never, Context>, 'context' | 'resources'>,
  env: NodeJS.ProcessEnv,
  log: Logger,
): AttachedHooks {
  // Platforms, and the parent of workers, give up after 60 s, and could not name the hook.
  const bootTimeoutMs = readDuration(env, 'BOOT_TIMEOUT', 45_000)
  // Kubernetes gives a probe one second.
  const checkTimeoutMs = readDuration(env, 'CHECK_TIMEOUT', 900)
  const { boot = {}, ready = {}, close = {} } = hooks

  const required = Object.entries(ready).map(([name, run]): Check => ({
    name,
    isRequired: true,
    run: (signal) => run({ ...context, signal }),
  }))
  // A shared store that is down would make every process unready at once: what its author has not
  // asked for only reports.
  const reported = resources.flatMap(({ name, check }): Check[] =>
    check && !(name in ready) ? [{ name, isRequired: false, run: check }] : [],
  )

  const endings = [
    ...Object.entries(close)
      .map(([name, run]) => [name, (signal: AbortSignal) => run({ ...context, signal })] as const)
      .toReversed(),
    ...resources.map((resource) => [`the resource ${resource.name}`, resource.close] as const),
  ]

  return {
    checks: createChecks([...required, ...reported], checkTimeoutMs, log),
    async boot() {
      const untilMs = performance.now() + bootTimeoutMs
      for (const [name, run] of Object.entries(boot)) {
        try {
          const leftMs = Math.max(untilMs - performance.now(), 0)
          await withDeadline(leftMs, (signal) => run({ ...context, signal }))
        } catch (error) {
          throw bootFailed(name, error)
        }
      }
    },
    async close(limitMs) {
      const untilMs = performance.now() + limitMs
      for (const [index, [name, run]] of endings.entries()) {
        // One that hangs leaves the others their share.
        const shareMs = (untilMs - performance.now()) / (endings.length - index)
        try {
          await withDeadline(Math.max(shareMs, 0), async (signal) => run?.(signal))
        } catch (error) {
          log.error('a close hook failed', { hook: name, error })
        }
      }
    },
  }
}

function bootFailed(name: string, error: unknown): MooringError {
  const reason = error instanceof Error ? error.message : String(error)
  const message = `The boot hook ${name} failed: ${reason}`
  if (!(error instanceof MooringError)) {
    return new MooringError('MOORING_E_BOOT', { message, cause: error })
  }
  const { code, why, fix } = error
  return new MooringError(code, {
    message,
    ...(why !== undefined && { why }),
    ...(fix !== undefined && { fix }),
    cause: error,
  })
}
