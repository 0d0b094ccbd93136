import { MooringError } from '../errors.ts'
import { describeResource, type ResourceNames } from './resource-names.ts'

/**
 * The store itself failed.
 *
 * @param what goes on after the store's names, such as `cannot be reached at 127.0.0.1:6379`
 */
export function storeFailed(
  at: ResourceNames,
  what: string,
  details: { readonly why?: string; readonly fix?: string; readonly cause?: unknown },
): MooringError {
  return new MooringError('MOORING_E_KV_UNREACHABLE', {
    message: `${describeResource('kv', at)} ${what}.`,
    ...details,
  })
}

export function badOption(name: string, value: unknown, expected: string): MooringError {
  return new MooringError('MOORING_E_KV_OPTION', {
    message: `${name} is ${String(value)}.`,
    why: `Expected ${expected}.`,
  })
}

export function badCursor(cursor: string, cause?: unknown): MooringError {
  return new MooringError('MOORING_E_KV_CURSOR', {
    message: `The cursor ${JSON.stringify(String(cursor).slice(0, 80))} was not made by this store.`,
    fix: 'start without a cursor.',
    cause,
  })
}

export function notANumber(key: string): MooringError {
  return new MooringError('MOORING_E_KV_NOT_A_NUMBER', {
    message: `The value of ${JSON.stringify(key)} is not a whole number.`,
    why: 'A counter is decimal digits without leading zeros, and a minus where it is below zero.',
    fix: 'increment only keys that hold a counter.',
  })
}

export function overflow(key: string): MooringError {
  return new MooringError('MOORING_E_KV_OVERFLOW', {
    message: `The counter ${JSON.stringify(key)} would leave the safe integers; it is unchanged.`,
    why: 'A counter stays within ±9007199254740991, which JavaScript can hold exactly.',
    fix: 'delete the key to start again, or count in larger units.',
  })
}
