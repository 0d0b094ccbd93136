import { readFileSync } from 'node:fs'
import path from 'node:path'
import type { Message as BuildMessage } from 'esbuild'
import { shownPath } from '../../shown-path.ts'

/** Where Wrangler says that a file cannot be parsed. */
export interface ParseLocation {
  readonly line: number
  readonly column: number
  readonly length?: number
  readonly lineText?: string
}

/** The names that Wrangler's parser has for its errors, in words. */
const expectations: Readonly<Record<string, string>> = {
  InvalidSymbol: 'Expected a value, or a name in double quotes.',
  InvalidNumberFormat: 'Expected a number.',
  PropertyNameExpected: 'Expected a name in double quotes.',
  ValueExpected: 'Expected a value.',
  ColonExpected: 'Expected a colon after the name.',
  CommaExpected: 'Expected a comma, or the end of the list.',
  CloseBraceExpected: 'Expected a closing brace.',
  CloseBracketExpected: 'Expected a closing bracket.',
  EndOfFileExpected: 'Expected nothing more after the closing brace.',
  UnexpectedEndOfComment: 'Expected the end of the comment.',
  UnexpectedEndOfString: 'Expected a closing double quote.',
  InvalidEscapeCharacter: 'Expected an escape that JSON knows.',
}

/** A file that cannot be parsed. */
export function parseMistake(text: string, configPath: string, at: ParseLocation): BuildMessage {
  return mistake(expectations[text] ?? text, configPath, at)
}

/** The entry file that the configuration names is not there. */
export function missingMain(text: string, configPath: string): readonly BuildMessage[] {
  const [, main] = /^The entry-point file at "(.+?)" was not found/.exec(text) ?? []
  if (main === undefined) return []
  const file = path.resolve(path.dirname(configPath), main)
  const what = `${shownPath(file)} is missing; ${shownPath(configPath)} names it as "main".`
  return [mistake(what, configPath, placeOf('main', readSource(configPath)))]
}

/**
 * What Wrangler finds wrong with a configuration, each mistake with its place; none where the text is
 * about something else.
 */
export function configMistakes(text: string, configPath: string): readonly BuildMessage[] {
  const config = shownPath(configPath)
  if (text.startsWith('Could not read file: ')) {
    return [mistake(`${config} is missing, or cannot be read.`, configPath)]
  }
  if (text.startsWith('Missing entry-point')) {
    const expected = 'Expected the file that exports the Worker, such as "main": "src/worker.ts".'
    return [mistake(`${config} has no "main". ${expected}`, configPath)]
  }
  const source = readSource(configPath)
  const [, problems] = /^Processing .* configuration:\n([^]*)$/.exec(text) ?? []
  if (problems === undefined) return []
  return problems
    .split(/(?:^|\n)\s*- /)
    .filter((problem) => problem.trim() !== '')
    .map((problem) => {
      const [, field = ''] = /"([\w-]+)/.exec(problem) ?? []
      const place = placeOf(field, source)
      return mistake(place ? problem : `${config}: ${problem}`, configPath, place)
    })
}

/** Where a field is in the source: `"name":`, or in TOML `name =` and `[[name]]`. */
function placeOf(field: string, source: string): ParseLocation | undefined {
  if (field === '') return undefined
  const found = new RegExp(`(?<=^|[\\s{,])(?:"${field}"\\s*:|${field}\\s*=|\\[+${field}\\b)`, 'm')
  const index = found.exec(source)?.index
  if (index === undefined) return undefined
  const before = source.slice(0, index).split('\n')
  const line = before.length
  return { line, column: before.at(-1)!.length, lineText: source.split('\n')[line - 1] ?? '' }
}

function readSource(file: string): string {
  try {
    return readFileSync(file, 'utf8')
  } catch {
    return ''
  }
}

function mistake(text: string, file: string, at?: ParseLocation): BuildMessage {
  const location = at && {
    file,
    namespace: '',
    line: at.line,
    column: at.column,
    length: at.length ?? 0,
    lineText: at.lineText ?? '',
    suggestion: '',
  }
  return { id: '', pluginName: '', text, location: location ?? null, notes: [], detail: undefined }
}
