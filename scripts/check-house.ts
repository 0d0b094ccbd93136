import { fileURLToPath } from 'node:url'
import { dependencies } from './house/dependencies.ts'
import { errors } from './house/errors.ts'
import { length } from './house/length.ts'
import { readTree } from './house/tree.ts'
import { wording } from './house/wording.ts'

// The rules of the house that no linter knows.
const tree = readTree(fileURLToPath(new URL('..', import.meta.url)))
const problems = [length, wording, errors, dependencies].flatMap((rule) => rule(tree))
for (const problem of problems) process.stderr.write(`${problem}\n`)
process.exitCode = problems.length === 0 ? 0 : 1
