import { hopByHop } from '@mooring/port-bound'

/** A name that is no token or that the server decides on. */
const oddName = new RegExp(
  `[^!#$%&'*+\\-.^_\`|~0-9A-Za-z]|^$|^(?:content-length|${[...hopByHop].join('|')})$`,
  'i',
)

/** A value that `Headers` would refuse, change or send as other bytes. */
const oddValue = /[^\t\x20-\x7e]|^[\t ]|[\t ]$/

/** Values that were found plain, by their names: an app sets few others than those it set before. */
const known = new Map<string, string>()
const mostKnown = 64
const longestKnown = 64

/** Whether a field of a response goes out as it is. */
export function isPlainField(name: string, value: unknown): value is string {
  if (known.get(name) === value && value !== undefined) return true
  if (typeof value !== 'string' || oddName.test(name) || oddValue.test(value)) return false
  if (value.length <= longestKnown && (known.size < mostKnown || known.has(name))) {
    known.set(name, value)
  }
  return true
}
