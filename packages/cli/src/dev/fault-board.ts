import type { Report } from './events.ts'
import type { Fault } from './fault.ts'
import type { Front } from './front.ts'

/** Keeps what a side's browsers and its terminal are told of the latest save. */
export interface FaultBoard {
  readonly set: (fault: Fault, output?: string) => void
  /** The latest save runs. `silently` where another event says so. */
  readonly clear: (options?: { readonly silently: boolean }) => void
}

export function createFaultBoard(side: string, front: Front, report: Report): FaultBoard {
  let current: Fault | undefined
  return {
    set(fault, output) {
      current = fault
      front.setFault(fault)
      const { title, text } = fault
      const serving = front.isServing()
      report({ event: 'error', side, title, text, ...(output && { output }), serving })
    },
    clear(options) {
      if (!current) return
      current = undefined
      front.setFault(undefined)
      if (!options?.silently) report({ event: 'recovered', side })
    },
  }
}
