/**
 * Whether a case or a difference that names a runtime means this target: `node` is every Node, such
 * as `node@22`.
 */
export function isNamed(target: string, names: readonly string[]): boolean {
  return names.includes(target) || names.includes(runtimeOf(target))
}

/** `node` of `node@22`. */
export function runtimeOf(target: string): string {
  return target.split('@', 1)[0]!
}

/** Whether it is how a case names a target: a runtime, or one of its versions. */
export function isTargetName(name: string): boolean {
  return /^(?:workerd|(?:node|bun|deno)(?:@\d[\w.-]*)?)$/.test(name)
}
