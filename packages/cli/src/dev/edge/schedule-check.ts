/** What a Worker says of its schedules, in a line of its console when it is loaded. */
const mark = 'mooring:crons '

/** The schedules of a Worker's app. */
export interface ToldCrons {
  readonly worker: string
  /** The expressions by their names. */
  readonly crons: Readonly<Record<string, string>>
}

/**
 * Code for the end of a Worker's entry: what `handle` exports knows its schedules, and nothing outside
 * of the runtime can ask it.
 *
 * @param file the name of the entry's module
 */
export function tellingCrons(worker: string, file: string): string {
  const told = `{ worker: ${JSON.stringify(worker)}, crons: $mooring.default.crons }`
  return `
import * as $mooring from ${JSON.stringify(`./${file}`)};
if ($mooring.default?.crons) console.debug('${mark}' + JSON.stringify(${told}));`
}

export function cronsIn(message: string): ToldCrons | undefined {
  return message.startsWith(mark) ? JSON.parse(message.slice(mark.length)) : undefined
}

/**
 * What the configuration of a Worker leaves out of its schedules, or has too many: neither would be
 * told before it is deployed, and a schedule without a trigger never runs.
 */
export function checkSchedules(
  crons: Readonly<Record<string, string>>,
  triggers: readonly string[],
): readonly string[] {
  const missing = Object.entries(crons).filter(([, cron]) => !triggers.includes(cron))
  const expressions = [...new Set([...triggers, ...missing.map(([, cron]) => cron)])]
  const unused = triggers.filter((cron) => !Object.values(crons).includes(cron))
  return [
    ...missing.map(
      ([name, cron]) =>
        `The schedule "${name}" (${cron}) never runs on Workers: no cron trigger has its expression. Write in wrangler.jsonc: "triggers": { "crons": ${JSON.stringify(expressions)} }`,
    ),
    ...unused.map(
      (cron) =>
        `The cron trigger "${cron}" fails each time: no schedule of the app has its expression. Take it out of "triggers" in wrangler.jsonc, or declare a schedule with it.`,
    ),
  ]
}
