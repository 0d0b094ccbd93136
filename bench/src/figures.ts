/** What several rounds showed of one thing. */
export interface Figure {
  readonly least: number
  readonly median: number
  readonly most: number
  /** How many rounds it rests on. */
  readonly rounds: number
}

/** `undefined` where there is nothing, or too little to say something. */
export function figureOf(
  samples: readonly (number | undefined)[],
  fewest: number = 1,
): Figure | undefined {
  const sorted = inOrder(samples)
  if (sorted.length < Math.max(fewest, 1)) return undefined
  const middle = sorted.length >> 1
  const median =
    sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2
  return { least: sorted[0]!, median, most: sorted.at(-1)!, rounds: sorted.length }
}

function inOrder(samples: readonly (number | undefined)[]): number[] {
  return samples.filter((sample) => sample !== undefined).toSorted((a, b) => a - b)
}

/** One thing of each of several samples; a round that was left out stays one. */
export function seriesOf<Sample, Key extends keyof Sample>(
  samples: readonly (Sample | undefined)[],
  key: Key,
): readonly (Sample[Key] | undefined)[] {
  return samples.map((sample) => sample?.[key])
}

/** A ratio whose rounds are further apart, as a share of their median, says nothing. */
const mostSpread = 0.5

/**
 * The ratio of two series that were measured in turn. Each round is compared with itself: a machine
 * that gets slower while it is measured changes neither.
 *
 * @param agreeing which rounds must not be far apart: all, or those without the outer quarters, since
 * one that was disturbed says nothing of the others
 */
export function ratioOf(
  samples: readonly (number | undefined)[],
  baseline: readonly (number | undefined)[],
  fewest: number = 1,
  agreeing: 'all' | 'middle' = 'middle',
): Figure | undefined {
  const ratios = samples.map((sample, round) => {
    const against = baseline[round]
    return sample === undefined || against === undefined ? undefined : sample / against
  })
  const ratio = figureOf(ratios, fewest)
  if (!ratio) return undefined
  const sorted = inOrder(ratios)
  const outer = agreeing === 'all' ? 0 : sorted.length >> 2
  const spread = sorted.at(-1 - outer)! - sorted[outer]!
  return spread <= mostSpread * ratio.median ? ratio : undefined
}
