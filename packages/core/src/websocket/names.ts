let names: Set<string> | undefined

/** Sets an app up, in which no two routes may name their WebSockets alike. */
export function withOwnNames<Of>(setup: () => Of): Of {
  names = new Set()
  try {
    return setup()
  } finally {
    names = undefined
  }
}

/** Whether the app that is being set up has the name already; outside of a setup nobody can tell. */
export function isTaken(name: string): boolean {
  if (names?.has(name)) return true
  names?.add(name)
  return false
}
