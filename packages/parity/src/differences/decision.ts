/** What is the same on every target, and the section that decided it. */
export interface Decision {
  readonly topic: string
  /** What happens everywhere. */
  readonly everywhere: string
  readonly section: string
  /** What it is without the adapters, where that differs. */
  readonly bare?: string
  /** Numbers of the differences that are exceptions. */
  readonly except?: readonly string[]
}
