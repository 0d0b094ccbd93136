import { errorCodes } from '../../packages/core/src/errors.ts'
import { errorsDocFile, usersOf, writeErrorsDoc } from './errors-doc.ts'
import type { Rule } from './tree.ts'

/** The registry is all codes, every one is in use, and the page about them is up to date. */
export const errors: Rule = (tree) => {
  const problems: string[] = []
  for (const code of Object.keys(errorCodes)) {
    if (usersOf(tree, code).length === 0) {
      problems.push(`packages/core/src/errors.ts: ${code} is used nowhere`)
    }
  }
  for (const [file, content] of tree) {
    if (file.startsWith('scripts/house/')) continue
    for (const code of new Set(content.match(/\bMOORING_E_[A-Z0-9_]*[A-Z0-9]/g))) {
      if (!(code in errorCodes))
        problems.push(`${file}: ${code} is not in packages/core/src/errors.ts`)
    }
  }
  if (tree.get(errorsDocFile) !== writeErrorsDoc(tree)) {
    problems.push(`${errorsDocFile}: out of date, run node scripts/write-errors-doc.ts`)
  }
  return problems
}
