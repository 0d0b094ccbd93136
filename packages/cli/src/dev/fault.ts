/** The title of what both bundlers refuse. */
export const notCompiled = 'The code does not compile'

/** Why the latest save of a side does not run, for the terminal and for the browser. */
export interface Fault {
  /** What kind of thing went wrong, such as `The code does not compile`. */
  readonly title: string
  /** The whole of it as plain text, with the code around it where that is known. */
  readonly text: string
}
