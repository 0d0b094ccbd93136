import type { DeclaredAnswer } from './case.ts'

export type Declared = Pick<DeclaredAnswer, 'difference' | 'targets'>

/**
 * Reads `D-04 workerd deno`: a difference, and the targets that show it.
 *
 * @throws where it is something else
 */
export function parseDeclared(label: string): Declared {
  const [difference = '', ...targets] = label.split(' ')
  if (!/^D-\d+(?: [\w.@-]+)+$/.test(label)) {
    throw new Error(`[${label}] is no number with targets, such as [D-04 workerd node@22]`)
  }
  return { difference, targets }
}
