import { writeFileSync } from 'node:fs'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { errorsDocFile, writeErrorsDoc } from './house/errors-doc.ts'
import { readTree } from './house/tree.ts'

const root = fileURLToPath(new URL('..', import.meta.url))
writeFileSync(path.join(root, errorsDocFile), writeErrorsDoc(readTree(root)))
