/** What workerd says of itself, apart from what Workers say. */
export interface RuntimeWords {
  /** Whether a text is workerd's own. It is remembered for an error that comes of it. */
  readonly takes: (text: string) => boolean
  /** What an error of the Worker comes of, where it refers to something that workerd said. */
  readonly behind: (text: string) => string | undefined
}

/** KJ's stack is one of machine addresses, unlike any of JavaScript. */
const stack = /\nstack:(?: \S+@[\da-f]{4,})+/

/** What a Worker, which may well handle the error, is told in place of the reason. */
const reference = /\b(?:wdErrId|internal error; reference) = (\w+)/

/** In front of the reason: `e = rust/worker/ffi.rs:104: failed: `. */
const place = /^(?:e = )?(?:\S+:\d+: \w+: )?/

/** How many reasons are remembered: an error is logged soon after its own. */
const remembered = 50

export function createRuntimeWords(): RuntimeWords {
  const reasons = new Map<string, string>()
  return {
    takes(text) {
      const [known, id = ''] = reference.exec(text) ?? []
      const refers = known?.startsWith('wdErrId') ?? false
      if (refers) {
        const [reason = ''] = text.replace(place, '').split(/\nstack:|; /)
        reasons.set(id, reason)
        const [oldest] = reasons.keys()
        if (reasons.size > remembered && oldest !== undefined) reasons.delete(oldest)
      }
      return refers || stack.test(text)
    },
    behind(text) {
      const [, id = ''] = reference.exec(text) ?? []
      return reasons.get(id)
    },
  }
}
