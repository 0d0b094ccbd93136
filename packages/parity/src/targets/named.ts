/**
 * Whether a case that names a target means this one: `node` is every Node, such as `node-22`.
 */
export function isNamed(target: string, names: readonly string[]): boolean {
  return names.some((name) => target === name || target.startsWith(`${name}-`))
}
