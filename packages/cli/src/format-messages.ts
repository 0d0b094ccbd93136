import path from 'node:path'
import type { Message } from 'esbuild'
import { explainMissing } from './missing-file.ts'

/** A bundler's messages as text with the code around them, files relative to where we run. */
export async function formatBuildMessages(messages: readonly Message[]): Promise<string> {
  const { formatMessages } = await import('esbuild')
  const shown = messages
    .map(explainMissing)
    .map((message) => withFiles(message, (file) => path.relative(process.cwd(), file)))
  const blocks = await formatMessages(shown, { kind: 'error', color: false })
  return blocks.map((block) => block.replace(/^✘ \[ERROR\] /, '').trimEnd()).join('\n\n')
}

/** The message with its files absolute, and nothing but text in it. */
export function withAbsoluteFiles(message: Message, root: string): Message {
  return { ...withFiles(message, (file) => path.resolve(root, file)), detail: undefined }
}

function withFiles(message: Message, change: (file: string) => string): Message {
  const at = (location: Message['location']) =>
    location && { ...location, file: location.file && change(location.file) }
  const { location, notes } = message
  return {
    ...message,
    location: at(location),
    notes: notes.map((note) => ({ ...note, location: at(note.location) })),
  }
}
