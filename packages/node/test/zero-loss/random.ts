/** Random numbers that a seed repeats: mulberry32, which is even enough to spread restarts. */
export interface Random {
  /** A whole number of at least 0 and below `end`. */
  readonly below: (end: number) => number
}

export function createRandom(seed: number): Random {
  let state = seed >>> 0
  return {
    below(end) {
      state = (state + 0x6d2b79f5) >>> 0
      let mixed = Math.imul(state ^ (state >>> 15), state | 1)
      mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
      return Math.floor((((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32) * end)
    },
  }
}
