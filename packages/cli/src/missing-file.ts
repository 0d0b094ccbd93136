import { existsSync, realpathSync } from 'node:fs'
import path from 'node:path'
import type { Message } from 'esbuild'
import { shownPath } from './shown-path.ts'

const unresolved = /^Could not resolve "(.+)"$/

/** What esbuild says of a package whose own manifest leads to nothing. */
const inPackage = /^The module "(.+)" was not found on the file system/

/** Advice for people who call the bundler themselves, and Wrangler's in its place. */
const advice = /^(You can mark the path |To fix this, you can add an entry to "alias")/

/**
 * An import that leads to nothing, told as the file or the package that is not there.
 *
 * @param message with absolute files
 */
export function explainMissing(message: Message): Message {
  const [, specifier] = unresolved.exec(message.text) ?? []
  if (specifier === undefined) return message
  const notes = message.notes.filter(({ text }) => !advice.test(text))
  const [led] = notes.filter(({ text }) => inPackage.test(text))
  const importer = message.location?.file
  const told = (text: string, left: Message['notes']): Message => ({
    ...message,
    text,
    notes: left,
  })
  if (led?.location) {
    const [, target = ''] = inPackage.exec(led.text) ?? []
    const file = path.resolve(realFolder(led.location.file), target)
    const text = missing(file, importer, ` as ${JSON.stringify(specifier)}`)
    return told(
      text,
      notes.filter((note) => note !== led),
    )
  }
  if (/^\.{0,2}\//.test(specifier)) {
    const file = path.resolve(path.dirname(importer ?? ''), specifier)
    return told(missing(file, importer), notes)
  }
  // What is left says why it cannot be had, though it is there.
  if (notes.length > 0) return told(message.text, notes)
  return told(`The package ${JSON.stringify(specifier)} is not installed${by(importer)}.`, notes)
}

/** Packages of a workspace are links to their own folders. */
function realFolder(file: string): string {
  const folder = path.dirname(file)
  return existsSync(folder) ? realpathSync(folder) : folder
}

function missing(file: string, importer: string | undefined, how = ''): string {
  return `${shownPath(file)} is missing${by(importer, how)}.`
}

function by(importer: string | undefined, how = ''): string {
  return importer === undefined ? '' : `; ${shownPath(importer)} imports it${how}`
}
