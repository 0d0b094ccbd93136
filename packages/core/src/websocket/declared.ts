let isDeclared = false
const waiting: (() => void)[] = []

/** Says that an app of this process has a route for WebSockets. */
export function declareWebSockets(): void {
  isDeclared = true
  for (const begin of waiting.splice(0)) begin()
}

/** Calls `begin` once, as soon as an app has a route for WebSockets: one without pays for none. */
export function onWebSockets(begin: () => void): void {
  if (isDeclared) begin()
  else waiting.push(begin)
}
