/** How much of a body that no handler has read is taken off the wire after its answer, and for how long. */
export const unreadLimits: { readonly bytes: number; readonly ms: number } = {
  bytes: 64 * 1024 ** 2,
  ms: 500,
}
