import { existsSync } from 'node:fs'
import path from 'node:path'
import { nearest } from '@mooring/core/adapter'
import { type Arguments, UsageError } from '../arguments.ts'
import { differences } from '../differences/index.ts'
import { isTargetName } from '../targets/named.ts'
import type { Case, Step } from './case.ts'
import type { Declared } from './declared.ts'
import { loadCases } from './load.ts'
import { CaseError } from './parse.ts'

/**
 * Reads the cases that a command line asks for.
 *
 * @throws {UsageError} for a mistake in one, or where there is nothing to do
 */
export async function chooseCases(asked: Arguments): Promise<readonly Case[]> {
  const { cases, folders, only, generate } = asked
  const standard = path.join(folders[0]!, 'parity')
  if (cases.length === 0 && generate > 0 && !existsSync(standard)) return []
  try {
    const loaded = (
      await Promise.all((cases.length > 0 ? cases : [standard]).map(loadCases))
    ).flat()
    for (const each of loaded) checkDeclared(each)
    const chosen = loaded.filter(
      (each) => only.length === 0 || only.some((text) => isOf(each, text)),
    )
    if (chosen.length > 0 || generate > 0) return chosen
    const near = nearest(
      loaded.map(({ name }) => name),
      only[0]!,
      1,
    )
    throw new UsageError(
      `--only is ${only.join(',')}, and none of ${loaded.length} cases has that in its name or file; the nearest name is "${near[0]}"`,
    )
  } catch (error) {
    if (!(error instanceof CaseError)) throw error
    throw new UsageError(error.message, { cause: error }, error.fix)
  }
}

/**
 * Whether a case is meant by what a person typed: a part of its name or of its file, where `*` stands
 * for anything, or a place within it, such as `parity/front.http:8`.
 */
function isOf(each: Case, text: string): boolean {
  if (/:\d+$/.test(text)) {
    const places = [each.line, ...each.steps.map(({ line }) => line)]
    if (places.some((line) => `${each.file}:${line}`.endsWith(text))) return true
  }
  const parts = text.split('*').map((part) => part.replace(/[\\^$.+?()[\]{}|]/g, '\\$&'))
  const pattern = new RegExp(parts.join('.*'), 's')
  return [each.name, each.file].some((of) => pattern.test(of))
}

/** @throws CaseError where a case names a difference or a target that there is none of */
function checkDeclared({ name, file, line, steps }: Case): void {
  for (const { difference, targets } of steps.flatMap(declaredIn)) {
    const target = targets.find((each) => !isTargetName(each))
    const why =
      target !== undefined
        ? `"${target}" is no target, such as workerd or node@22`
        : differences.every(({ number }) => number !== difference)
          ? `there is no ${difference}: mooring parity --list has all`
          : undefined
    if (why !== undefined) throw new CaseError(`${file}:${line}: ${name}: ${why}`)
  }
}

/** What a step says that some targets answer instead. */
export function declaredIn(step: Step): readonly Declared[] {
  return step.kind === 'request' || step.kind === 'websocket' ? step.declared : []
}
