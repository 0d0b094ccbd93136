/** When a click was, to the millisecond, and which: `1795224307123-7f3kq2m`. In order of time. */
export type ClickId = string

/** The time of a click, in epoch milliseconds. */
export function timeOf(id: ClickId): number {
  return Number(id.slice(0, 13))
}
