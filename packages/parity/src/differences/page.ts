import { decisions } from './decisions.ts'
import { differences } from './index.ts'

const head = `# What differs between Node and Workers

<!-- Generated from packages/parity/src/differences: node packages/parity/src/write-differences.ts -->

One Hono app, port-bound on Node with \`serve(app)\` and on Workers with \`handle(app)\`: the adapters make both answer in the same way, by the standards. What no adapter can close has a number here. Every entry is tested to be exactly so: \`mooring parity\` sends the same bytes to both and compares what comes back, and fails when something else differs, or when an entry does not happen any more.

- [The differences](#the-differences), each with how to write code that does not care
- [What is the same](#what-is-the-same), and what it would be without the adapters

A difference that is marked *local only* is one of the workerd on your machine: in production the provider's edge is in front of it.

## The differences

`

/** `docs/differences.md`. */
export function differencesPage(): string {
  const index = differences.map(
    ({ number, title, localOnly = false }) =>
      `| [${number}](#${anchor(number, title)}) | ${title} | ${localOnly ? 'local only' : ''} |`,
  )
  const table = ['| | | |', '| --- | --- | --- |', ...index].join('\n')
  return `${head}${table}\n${sections()}${same()}`
}

/** As GitHub makes it of a heading. */
function anchor(number: string, title: string): string {
  return `${number} ${title}`
    .toLowerCase()
    .replace(/[^\p{L}\p{N} _-]/gu, '')
    .replaceAll(' ', '-')
}

function sections(): string {
  return differences
    .map(
      ({ number, title, what, canonical, why, who, how, link, localOnly }) => `
### ${number} ${title}

${what}${localOnly ? ' *Local only.*' : ''}

- **By the standard:** ${canonical} [Source](${link})
- **Why it stays:** ${why}
- **Who notices:** ${who}
- **Code that does not care:** ${how}
`,
    )
    .join('')
}

function same(): string {
  const rows = decisions.map(
    ({ topic, everywhere, section, bare = '' }) =>
      `| ${topic} | ${everywhere} | ${section} | ${bare} |`,
  )
  return `
## What is the same

Decided once, by the section that is named, and tested on every target.

| | everywhere | decided by | without the adapters |
| --- | --- | --- | --- |
${rows.join('\n')}

## What shows in production only

Nothing on one machine can show these, so nothing here tests them:

- The clock of a Worker stands still between two operations with the network: \`Date.now()\` before and after a calculation is the same. Port-bound it runs. Measure with what is outside, and never wait for the clock in a loop.
- An isolate may be dropped at any moment, and a Worker runs in many at once: what a module holds is a cache. Port-bound with \`WEB_CONCURRENCY\` it is the same.
- A stream, a body or a socket of one request cannot be used in another on Workers. Begin and end them in the same request, everywhere.
- The provider's edge adds and removes headers, and compresses.

## Holding your own app against it

\`\`\`sh
mooring parity                        # the cases in parity/*.http
mooring parity --generate 1000        # and requests made from the app's own routes
mooring parity --record parity/a.http # write cases by clicking through the app
\`\`\`

How cases are written: [packages/parity](../packages/parity/README.md).
`
}
