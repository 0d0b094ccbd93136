import type { Difference } from './difference.ts'
import { fetches } from './fetches.ts'
import { requests } from './requests.ts'
import { responses } from './responses.ts'
import { runtime } from './runtime.ts'
import { security } from './security.ts'
import { staticFiles } from './static-files.ts'
import { webSockets } from './web-sockets.ts'

/** Every declared difference, in the order of their numbers. */
export const differences: readonly Difference[] = [
  ...responses,
  ...requests,
  ...runtime,
  ...fetches,
  ...security,
  ...staticFiles,
  ...webSockets,
].sort((a, b) => a.number.localeCompare(b.number, 'en', { numeric: true }))
