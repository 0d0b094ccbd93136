import { MooringError } from '@mooring/core'

const unitsMs: Readonly<Record<string, number>> = { ms: 1, s: 1_000, m: 60_000 }
const unitsBytes: Readonly<Record<string, number>> = {
  b: 1,
  kb: 1024,
  mb: 1024 ** 2,
  gb: 1024 ** 3,
}

/**
 * A duration such as `1500ms`, `30s` or `2m`, in milliseconds.
 *
 * @throws MOORING_E_SETTING
 */
export function readDuration(env: NodeJS.ProcessEnv, name: string, defaultMs: number): number {
  return readUnits(env, name, unitsMs, 'ms, s or m, such as 30s') ?? defaultMs
}

/**
 * A size such as `512kb` or `10mb` (powers of 1024), in bytes; `undefined` where it is not set.
 *
 * @throws MOORING_E_SETTING
 */
export function readSize(env: NodeJS.ProcessEnv, name: string): number | undefined {
  return readUnits(env, name, unitsBytes, 'b, kb, mb or gb, such as 10mb')
}

/**
 * A whole number; `undefined` where it is not set.
 *
 * @throws MOORING_E_SETTING
 */
export function readCount(env: NodeJS.ProcessEnv, name: string): number | undefined {
  const value = env[name]
  if (value === undefined) return undefined
  if (/^\d{1,9}$/.test(value)) return Number(value)
  throw badSetting(name, value, 'a whole number')
}

function readUnits(
  env: NodeJS.ProcessEnv,
  name: string,
  units: Readonly<Record<string, number>>,
  expected: string,
): number | undefined {
  const value = env[name]
  if (value === undefined) return undefined
  const [, amount, unit] = /^(\d{1,9})([a-z]+)$/i.exec(value) ?? []
  const factor = units[unit?.toLowerCase() ?? '']
  if (factor !== undefined) return Number(amount) * factor
  throw badSetting(name, value, `a whole number with a unit: ${expected}`)
}

/** A setting of Mooring itself that cannot be: the name, its value, what was expected. */
export function badSetting(name: string, value: unknown, expected: string): MooringError {
  return new MooringError('MOORING_E_SETTING', {
    message: `${name} is ${JSON.stringify(value)}.`,
    why: `Expected ${expected}.`,
    fix: `correct ${name}, or unset it to have the default.`,
  })
}
