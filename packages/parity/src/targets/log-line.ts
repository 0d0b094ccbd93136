/** A line that a target has logged. */
export interface LogLine {
  readonly text: string
  /** Whether it went to stdout or to stderr; on Workers by the method of `console`. */
  readonly to: 'out' | 'err'
}
