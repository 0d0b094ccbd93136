import path from 'node:path'

/** A path as people are told it: from where they are. */
export function shownPath(file: string): string {
  return path.relative(process.cwd(), file) || '.'
}
