/** The variables of a process. */
export type Environment = Readonly<Record<string, string | undefined>>

/** What each start has of its own, and what a clause sets or holds the command against. */
const own: readonly string[] = ['PATH', 'HOME', 'TMPDIR', 'TMP', 'TEMP', 'CI']

/**
 * What is meant for every program of the caller's, or for the caller alone, and changes what is judged:
 * where files are written, what Node does beside its program, which way a request takes, and the
 * descriptors of a service manager, which the command does not get.
 */
const ambient =
  /^(XDG_\w+|NODE_(?!ENV$)\w+|npm_\w+|(https?|all|no)_proxy|LISTEN_\w+|NOTIFY_SOCKET|WATCHDOG_\w+)$/i

/** The variables of the caller that the command is given, too. */
export function passedOn(caller: Environment, portVariable: string): Record<string, string> {
  const given = Object.entries(caller).filter(
    (entry): entry is [string, string] =>
      entry[1] !== undefined &&
      entry[0] !== portVariable &&
      !own.includes(entry[0]) &&
      !ambient.test(entry[0]),
  )
  return Object.fromEntries(given)
}
