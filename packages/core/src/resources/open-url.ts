import { MooringError } from '../errors.ts'
import type { Opened } from './resource.ts'

/** What cannot be opened is one problem of the start among others, not the end of it. */
export async function openUrl<Handle>(
  open: () => Promise<Opened<Handle>>,
): Promise<Opened<Handle> | { readonly refused: string }> {
  try {
    return await open()
  } catch (error) {
    if (!(error instanceof MooringError)) throw error
    const { message, why, fix } = error
    const parts = [message, why, fix?.replace(/^./, (first) => first.toUpperCase())]
    return { refused: parts.filter(Boolean).join('\n') }
  }
}
