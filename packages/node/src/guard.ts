import type { Reply } from './reply.ts'
import type { Incoming } from './request-body.ts'

/** Looks at a request before the app does. @returns whether it has been answered */
export type Guard = (incoming: Incoming, outgoing: Reply) => boolean
