/** How the process ends. */
export const exitCodes = {
  /** Everything was finished. */
  drained: 0,
  /** An uncaught exception. */
  crashed: 1,
  /** An operator would not wait. */
  interrupted: 2,
  /** The platform's grace was used up. */
  deadline: 3,
  /** Bad configuration, or an address that cannot be had (EX_CONFIG of sysexits.h). */
  config: 78,
} as const
