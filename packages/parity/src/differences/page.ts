import { decisions } from './decisions.ts'
import type { Difference, Group, Runtime } from './difference.ts'
import { differences } from './index.ts'
import { fromWorkers, type Rule, rules, toWorkers } from './rules.ts'

/** What comes before the tables. */
const head = (): string => `# What differs between Node, Workers, Bun and Deno

<!-- Generated from packages/parity/src/differences: node packages/parity/src/write-differences.ts -->

One Hono app, port-bound on Node, Bun or Deno with \`serve(app)\`, and on Workers with \`handle(app)\`: the adapters make all answer in the same way, by the standards. What no adapter can close has a number here. Every entry is tested to be exactly so, on Node 22, 24 and 26, workerd, Bun and Deno: \`mooring parity\` sends the same bytes to all of them and compares what comes back, and fails when something else differs, when another runtime does as an entry says, or when an entry does not happen any more.

- [Rules of thumb](#rules-of-thumb): what to do so that hardly anything here touches an app
- [Moving an app](#moving-an-app) from Workers, or to them
- [The differences](#the-differences): who does otherwise, and how to write code that does not care. Each has a short anchor, such as \`#d-31\`.
- [What is the same](#what-is-the-same), and what it would be without the adapters

## Rules of thumb

Who keeps to these meets little else than what is seen on the wire alone.

${listOf(rules)}
## Moving an app

What an app can rest on without noticing, and does not find on the other side. Where both sides declare the same resources, nothing else has to change.

**From Workers to Node, Bun or Deno**

${listOf(fromWorkers)}
**From Node, Bun or Deno to Workers**

${listOf(toWorkers)}
## The differences

● does otherwise than the standard says, or than the rest. ○ is the workerd on your machine alone: in production the provider's edge is in front of it. Whoever needs what a row says finds the code that does not care behind its number.
`

const groups: Readonly<Record<Group, string>> = {
  security: 'Security: what a check in front of the app may read otherwise than the app',
  requests: 'What an app reads of a request',
  responses: 'What an app answers',
  runtime: 'What goes on around requests',
  files: 'Static files',
  wire: 'Seen on the wire alone',
}

const runtimes: Readonly<Record<Runtime, string>> = {
  node: 'Node',
  workerd: 'Workers',
  bun: 'Bun',
  deno: 'Deno',
}

const names = Object.keys(groups) as Group[]
const columns = Object.keys(runtimes) as Runtime[]

/** `docs/differences.md`. */
export function differencesPage(): string {
  return `${head()}${names.map(index).join('')}${names.map(sections).join('')}${same()}`
}

const inGroup = (group: Group) => differences.filter((each) => each.group === group)

/** Who differs, in a row for each. */
function index(group: Group): string {
  const rows = inGroup(group).map((difference) => {
    const { number, title } = difference
    const marks = columns.map((runtime) => mark(difference, runtime)).join(' | ')
    return `| [${number}](#${anchor(number, title)}) | ${title} | ${marks} |`
  })
  const titles = columns.map((runtime) => runtimes[runtime]).join(' | ')
  const line = columns.map(() => ':-:').join(' | ')
  return `
**${groups[group]}**

| | | ${titles} |
| --- | --- | ${line} |
${rows.join('\n')}
`
}

function mark({ targets, localOnly = false }: Difference, runtime: Runtime): string {
  if (!targets.includes(runtime)) return ''
  return localOnly && runtime === 'workerd' ? '○' : '●'
}

/** As GitHub makes it of a heading. */
export function anchor(number: string, title: string): string {
  return `${number} ${title}`
    .toLowerCase()
    .replace(/[^\p{L}\p{N} _-]/gu, '')
    .replaceAll(' ', '-')
}

function sections(group: Group): string {
  const all = inGroup(group).map(
    (difference) => `
<a id="${difference.number.toLowerCase()}"></a>

#### ${difference.number} ${difference.title}

${difference.what}${whose(difference)}

- **By the standard:** ${difference.canonical} [Source](${difference.link})
- **Why it stays:** ${difference.why}
- **Who notices:** ${difference.who}
- **Code that does not care:** ${difference.how}
`,
  )
  return `\n### ${groups[group]}\n${all.join('')}`
}

function whose({ targets, localOnly = false, testedBy }: Difference): string {
  const all = targets.map((runtime) =>
    localOnly && runtime === 'workerd' ? 'the local workerd' : runtimes[runtime],
  )
  const test = testedBy ? ` No request shows it: [its test](../${testedBy}).` : ''
  return ` *${all.join(', ')}.*${test}`
}

function listOf(all: readonly Rule[]): string {
  return all.map(({ rule, of }) => `- ${rule} (${linksTo(of)})\n`).join('')
}

function linksTo(numbers: readonly string[]): string {
  return numbers.map((number) => `[${number}](#${anchorOf(number)})`).join(', ')
}

function exceptions(numbers: readonly string[]): string {
  if (numbers.length === 0) return ''
  return `; but ${linksTo(numbers)}`
}

function anchorOf(wanted: string): string {
  const { number, title } = differences.find((each) => each.number === wanted)!
  return anchor(number, title)
}

function same(): string {
  const rows = decisions.map(
    ({ topic, everywhere, section, bare = '', except = [] }) =>
      `| ${topic} | ${everywhere}${exceptions(except)} | ${section} | ${bare} |`,
  )
  return `
## What is the same

Decided once, by the section that is named, and tested on every target. Where a runtime does otherwise, the row names the difference above.

| | everywhere | decided by | without the adapters |
| --- | --- | --- | --- |
${rows.join('\n')}

## What shows in production only

Nothing on one machine can show these, so nothing here tests them:

- The clock of a Worker stands still between two operations with the network: \`Date.now()\` before and after a calculation is the same. Port-bound it runs. Measure with what is outside, and never wait for the clock in a loop.
- An isolate may be dropped at any moment, and a Worker runs in many at once: what a module holds is a cache. Port-bound with \`WEB_CONCURRENCY\` it is the same.
- The provider's edge adds and removes headers, and compresses.

## Holding your own app against it

\`\`\`sh
mooring parity                        # the cases in parity/*.http
mooring parity --generate 1000        # and requests made from the app's own routes
mooring parity --targets node,workerd,bun,deno
mooring parity --record parity/a.http # write cases by clicking through the app
\`\`\`

How cases are written: [packages/parity](../packages/parity/README.md).
`
}
