import { MooringError } from '../errors.ts'

/**
 * The most that a socket's state may have, as JSON. Workers keep 16,384 bytes with a socket (workerd
 * of November 2026; 2,048 once), its URL among them, and up to two for a byte of this.
 */
const mostBytes = 2_048

/**
 * The state of a socket as it is kept between its handlers. Only what JSON gives back as it was may
 * be in it, so that a state that was kept elsewhere meanwhile is the same one.
 *
 * @throws MOORING_E_WEBSOCKET
 */
export function stateText(name: string, state: unknown): string {
  const misfit = misfitIn(state, 'state', [])
  if (misfit !== undefined) {
    throw new MooringError('MOORING_E_WEBSOCKET', {
      message: `The state of a WebSocket of "${name}" cannot be kept: ${misfit}.`,
      why: 'Expected plain data: objects, arrays, strings, finite numbers, booleans, null.',
      fix: 'keep what the value is made from (a date as its number), or put it into a store under a key.',
    })
  }
  const text = JSON.stringify(state)
  const bytes = new TextEncoder().encode(text).length
  if (bytes <= mostBytes) return text
  throw new MooringError('MOORING_E_WEBSOCKET', {
    message: `The state of a WebSocket of "${name}" has ${bytes} bytes as JSON.`,
    why: `Expected at most ${mostBytes}: on Workers it is kept with the socket, which has room for little.`,
    fix: 'put what is larger into a store, and keep its key.',
  })
}

/** What in a value is not plain data, by its path: `state.since is a Date`. */
function misfitIn(value: unknown, path: string, within: readonly object[]): string | undefined {
  if (value === null || typeof value === 'string' || typeof value === 'boolean') return undefined
  if (typeof value === 'number') return Number.isFinite(value) ? undefined : `${path} is ${value}`
  if (value === undefined) return `${path} is undefined`
  if (typeof value !== 'object') return `${path} is a ${typeof value}`
  if (within.includes(value)) return `${path} contains itself`
  const isArray = Array.isArray(value)
  const prototype: unknown = Object.getPrototypeOf(value)
  if (!isArray && prototype !== Object.prototype && prototype !== null) {
    return `${path} is a ${value.constructor?.name || 'class instance'}`
  }
  // Other than entries(), this sees the holes of an array.
  const items = isArray ? Array.from(value, (item, index) => [index, item]) : Object.entries(value)
  for (const [key, item] of items) {
    // A property that is undefined is as good as none, and JSON leaves it out.
    if (!isArray && item === undefined) continue
    const misfit = misfitIn(item, pathTo(path, key), [...within, value])
    if (misfit !== undefined) return misfit
  }
  return undefined
}

function pathTo(path: string, key: string | number): string {
  if (typeof key === 'number') return `${path}[${key}]`
  return /^[A-Za-z_$][\w$]*$/.test(key) ? `${path}.${key}` : `${path}[${JSON.stringify(key)}]`
}
