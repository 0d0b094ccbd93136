/** One option of a command, as the parser and the help need it. */
export interface CommandOption {
  /** Such as `--with <name=folder>`. */
  readonly flags: string
  readonly description: string
}

/** A command as data: parsing and help come from this one definition. */
export interface Command {
  /** Name and arguments, such as `dev [...folders]`. */
  readonly usage: string
  /** Its help's first line, where that says more than `usage`. */
  readonly synopsis?: string
  readonly description: string
  readonly options: readonly CommandOption[]
  readonly examples: readonly string[]
  /**
   * Imports what the command needs and runs it.
   *
   * @returns the status to exit with
   */
  readonly run: (invocation: Invocation) => Promise<number>
}

/** What a person typed, parsed. */
export interface Invocation {
  /** The arguments, in order. */
  readonly folders: readonly string[]
  /** Every value given for an option, by its name without dashes. */
  readonly values: Readonly<Record<string, readonly string[]>>
  /** Everything but the name of the command, as it was typed. */
  readonly argv: readonly string[]
}
