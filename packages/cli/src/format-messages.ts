import path from 'node:path'
import type { Message } from 'esbuild'

/** A bundler's messages as text with the code around them, files relative to where we run. */
export async function formatBuildMessages(messages: readonly Message[]): Promise<string> {
  const { formatMessages } = await import('esbuild')
  const shown = messages.map(({ text, location, notes, id, pluginName }) => ({
    text,
    id,
    pluginName,
    location: relative(location),
    notes: notes.map((note) => ({ ...note, location: relative(note.location) })),
  }))
  const blocks = await formatMessages(shown, { kind: 'error', color: false })
  return blocks.map((block) => block.replace(/^✘ \[ERROR\] /, '').trimEnd()).join('\n\n')
}

function relative(location: Message['location']): Message['location'] {
  if (!location?.file) return location
  return { ...location, file: path.relative(process.cwd(), location.file) }
}
