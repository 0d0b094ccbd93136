import { MooringError } from '@mooring/core'

/** Changes the headers of the answer for a path. */
export type StaticHeaders = (path: string, headers: Headers) => void

interface Rule {
  readonly pattern: RegExp
  readonly set: readonly (readonly [name: string, value: string])[]
  readonly remove: readonly string[]
}

/**
 * Reads the `_headers` of a static folder, as Workers' static assets have it: a path on a line of
 * its own, `*` for anything in it and `:name` for one segment, then indented lines of
 * `Name: value`, or `! Name` to remove one. A name that two rules set is sent twice.
 *
 * @throws MOORING_E_STATIC
 */
export function readStaticHeaders(text: string, file: string): StaticHeaders {
  const rules: { pattern: RegExp; set: [string, string][]; remove: string[] }[] = []
  for (const [index, line] of text.split(/\r?\n/).entries()) {
    const content = line.trim()
    if (content === '' || content.startsWith('#')) continue
    const rule = rules.at(-1)
    const [, name = '', value = ''] = /^([^:\s]+)\s*:\s*(.*)$/.exec(content) ?? []
    if (content.startsWith('/')) rules.push({ pattern: patternOf(content), set: [], remove: [] })
    else if (rule && /^!\s*[^:\s]+$/.test(content)) rule.remove.push(content.slice(1).trim())
    else if (rule && isHeader(name, value)) rule.set.push([name, value])
    else throw badLine(file, index + 1, content)
  }
  return (path, headers) => applyAll(rules, path, headers)
}

function applyAll(rules: readonly Rule[], path: string, headers: Headers): void {
  const own = new Set<string>()
  for (const { pattern, set, remove } of rules) {
    if (!pattern.test(path)) continue
    for (const name of remove) headers.delete(name)
    for (const [name, value] of set) {
      const key = name.toLowerCase()
      if (own.has(key)) headers.append(name, value)
      else headers.set(name, value)
      own.add(key)
    }
  }
}

function patternOf(path: string): RegExp {
  const escaped = path.replace(/[.+?^${}()|[\]\\]/g, '\\$&')
  return new RegExp(`^${escaped.replaceAll('*', '.*').replace(/:[A-Za-z]\w*/g, '[^/]+')}$`)
}

function isHeader(name: string, value: string): boolean {
  try {
    return new Headers([[name, value]]).has(name)
  } catch {
    return false
  }
}

function badLine(file: string, line: number, content: string): MooringError {
  return new MooringError('MOORING_E_STATIC', {
    message: `${file}, line ${line}: ${JSON.stringify(content)}.`,
    why: 'Expected a path that begins with /, or below one "Name: value" or "! Name".',
    fix: 'correct the line.',
  })
}
