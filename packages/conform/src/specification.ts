import { sections } from './clause.ts'
import { clauses } from './clauses/index.ts'

const head = `# The contract of port binding

What a process that is given a port owes its platform, clause by clause. Generated from
\`packages/conform/src/clauses\`, where each clause stands beside the check that judges it; do not edit
this file, run \`node packages/conform/src/write-spec.ts\`.

MUST and SHOULD are those of RFC 2119. A profile says what kind of command a clause is for: \`web\`
answers HTTP, \`tcp\` binds a port for another protocol, \`worker\` binds nothing.

## Holding a command against it

\`\`\`sh
mooring conform -- node dist/main.js
mooring conform --profile tcp --only PB-01,PB-37 -- sh -c 'exec redis-server --port "$PORT"'
mooring conform --profile worker -- node dist/jobs.js
\`\`\`

In this workspace that is \`pnpm exec mooring conform …\`; \`mooring\` is not on npm yet.

The command is started again and again, with a \`PORT\`, a \`HOME\` and a \`TMPDIR\` of its own each
time. The variables of whoever runs this are passed on, so that
\`DATABASE_URL=… mooring conform -- …\` works; \`--env\` and clauses add to them. Left out is what is not
meant for the command and would change what is judged: \`CI\`, \`XDG_*\`, \`NODE_*\` except \`NODE_ENV\`,
\`npm_*\`, proxies, and the sockets of a service manager. The exit status is 0 when every MUST holds, 1 when one does not, and 64
for a mistake in the command line.

Some clauses need handlers that do more than answer. An app made for this puts them under
\`/__conform\`, where they are found without being named; for another app name what it has.

| Option | Looked for at | What the handler does |
| --- | --- | --- |
| \`--slow-path\` | \`/__conform/slow?ms={ms}\` | answers 200 after so many milliseconds |
| \`--block-path\` | \`/__conform/block?ms={ms}\` | keeps the process busy for so long, then answers 200 |
| \`--stream-path\` | \`/__conform/stream?chunks={chunks}&ms={ms}&bytes={bytes}\` | streams so many chunks of so many bytes with a pause before each |
| \`--echo-path\` | \`/__conform/echo\` | answers a POST with its body |
| \`--throw-path\` | \`/__conform/throw?kind={kind}\` | fails with an error that says \`conform-secret\`: \`sync\` at once, \`async\` later, \`after\` its first bytes, \`late\` after the answer, where nobody awaits it |
| \`--header-path\` | \`/__conform/header?value={value}\` | sets a header field to the value |
| \`--client-path\` | \`/__conform/client\` | answers with the client's address and the URL as it takes them |
| \`--log-path\` | \`/__conform/log\` | writes a line to stdout |
| \`--backing-path\` | \`/__conform/backing\` | calls the service whose URL is in \`BACKING_URL\`, or in what \`--backing-env\` names |
| \`--live-path\` | \`/livez\`, \`/healthz\`, \`/health/live\` | liveness |
| \`--ready-path\` | \`/readyz\`, \`/ready\`, \`/health/ready\` | readiness |

An app that answers requests with \`fetch\` has all but the last three by a line:
\`app.all('/__conform/*', (c) => conformHandlers(c.req.raw) ?? c.notFound())\`, with
\`conformHandlers\` of \`@mooring/conform/handlers\`, in a start file that is never deployed. A clause
whose handler is not there is reported as not applicable.
`

/** The contract for people, in Markdown. */
export function specification(): string {
  const parts = sections.map((section) => {
    const own = clauses.filter((clause) => clause.section === section)
    const texts = own.map(
      ({ id, level, profiles, sentence, reason, source, mend }) =>
        `### ${id} · ${level} · ${profiles.join(', ')}\n\n**${sentence}** ${reason}\n\n` +
        `To mend: ${mend} Source: ${source}.\n`,
    )
    return `## ${section}\n\n${texts.join('\n')}`
  })
  return `${head}\n${parts.join('\n')}`
}
