import type { Results } from '../results.ts'
import { sectionsOf } from './sections.ts'
import { toMarkdown } from './table.ts'

/** All tables, for a terminal. */
export function toText(results: Results): string {
  return sectionsOf(results)
    .map(({ title, text, tables }) => [`## ${title}`, text, ...tables.map(toMarkdown)].join('\n\n'))
    .concat('')
    .join('\n\n')
}
