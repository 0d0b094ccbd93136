import type { Results } from '../results.ts'
import type { GrowthResult } from '../parts/growth.ts'
import type { RequestsResult } from '../parts/requests.ts'
import type { StartRow } from '../parts/start.ts'
import type { WorkerdResult } from '../parts/workerd.ts'
import { goalsOf } from './goals.ts'
import { megabytes, median, spread, type Table, thousands } from './table.ts'

/** A heading of the page, what the figures under it mean, and the figures. */
export interface Section {
  readonly title: string
  readonly text: string
  readonly tables: readonly Table[]
}

/** What was measured, in the order of the page. */
export function sectionsOf(results: Results): Section[] {
  const { requests, events, webSockets, idle, start, container, growth, workerd, dev, profiles } =
    results
  return [
    goalsSection(results),
    ...(requests ? requestSections(requests) : []),
    ...(events
      ? [
          {
            title: 'Event streams',
            text: `CPU time of the server in microseconds for one event to one client: median and range, and the ratio to bare \`node:http\`. ${events.clients.toLocaleString('en-US')} clients get one event a second each; all servers stream at the same time.`,
            tables: [
              {
                head: ['server', 'CPU µs an event', 'ratio'],
                rows: events.rows.map(({ name, cpuUs, ratio }) => [
                  name,
                  spread(cpuUs),
                  spread(ratio, 2),
                ]),
              },
            ],
          },
        ]
      : []),
    ...(webSockets
      ? [
          {
            title: 'WebSockets',
            text: `CPU time of the server in microseconds for a message of 44 bytes and its echo, and the ratio to \`ws\` on bare \`node:http\`. ${webSockets.clients} clients send the next when they have the one before.`,
            tables: [
              {
                head: ['server', 'CPU µs a message', 'ratio', 'messages a second'],
                rows: webSockets.rows.map(({ name, version, cpuUs, ratio, perSecond }) => [
                  `${name} ${version}`,
                  spread(cpuUs),
                  spread(ratio, 2),
                  thousands(perSecond),
                ]),
              },
            ],
          },
        ]
      : []),
    ...(idle
      ? [
          {
            title: 'Idle connections',
            text: `Memory of the server's process for one of ${idle.connections.toLocaleString('en-US')} connections that had a request and wait for the next, in bytes, without garbage.`,
            tables: [
              {
                head: ['server', 'bytes each', 'ratio'],
                rows: idle.rows.map(({ name, bytesEach, ratio }) => [
                  name,
                  spread(bytesEach, 0),
                  spread(ratio, 2),
                ]),
              },
            ],
          },
        ]
      : []),
    ...(start
      ? [
          {
            title: 'Start',
            text: 'From exec to the first answered request in milliseconds, the CPU time of that, and the memory that is resident then in MB. Every server is bundled into one file; `links` is what `mooring build` makes of the app of this repository.',
            tables: [startTable(start.rows)],
          },
        ]
      : []),
    ...(container ? [containerSection(container)] : []),
    ...(growth ? growthSections(growth) : []),
    ...(workerd ? [workerdSection(workerd)] : []),
    ...(dev
      ? [
          {
            title: 'Development',
            text: 'Milliseconds from exec to an answer of every target, and from a save to the new answer, of a small Hono app.',
            tables: [
              {
                head: ['tool', 'ready, ms', 'saved, ms'],
                rows: dev.rows.map(({ name, readyMs, savedMs }) => [
                  name,
                  spread(readyMs, 0),
                  spread(savedMs, 0),
                ]),
              },
            ],
          },
        ]
      : []),
    ...(profiles && profiles.length > 0 ? [profilesSection(profiles)] : []),
  ]
}

function goalsSection(results: Results): Section {
  const goals = goalsOf(results)
  const missed = goals.filter(({ verdict }) => verdict === 'not met')
  const remedies = [...new Map(missed.map(({ key, remedy }) => [key, remedy]))].flatMap(
    ([key, remedy]) => (remedy === undefined ? [] : [[key, remedy]]),
  )
  return {
    title: 'Goals',
    text: 'Ratios are to bare `node:http` doing the same work, unless it is said otherwise: median, and the range of the rounds. What is to be no dearer has rounds in which it is not.',
    tables: [
      {
        head: ['goal', 'got', ''],
        rows: goals.map(({ text, got, verdict }) => [text, got, verdict]),
      },
      ...(remedies.length > 0
        ? [{ head: ['not met', 'what would take the rest away'], rows: remedies }]
        : []),
    ],
  }
}

function profilesSection(profiles: NonNullable<Results['profiles']>): Section {
  return {
    title: 'Where the rest goes',
    text: 'Of what has missed its goal: the CPU time measured above, shared out by a profile of each process (`--cpu-prof`), by whose code it was. Native code is V8, libuv and the system.',
    tables: profiles.map(({ title, unit, names, rows }) => ({
      head: [title, ...names.map((name) => `${name}, ${unit}`), 'difference'],
      rows: rows.map(({ group, compared, own }) => [
        group,
        compared.toFixed(1),
        own.toFixed(1),
        (own - compared > 0 ? '+' : '') + (own - compared).toFixed(1),
      ]),
    })),
  }
}

function requestSections({ workloads, rows, leftOut, spells, missing }: RequestsResult): Section[] {
  const titles = workloads.map(({ title }) => title)
  const names = workloads.map(({ name }) => name)
  const table = (
    show: (row: RequestsResult['rows'][number], workload: string) => string,
  ): Table => ({
    head: ['server', ...titles],
    rows: rows.map((row) => [
      row.name,
      ...names.map((name) => (row.cells[name] ? show(row, name) : '')),
    ]),
  })
  const notes = [
    `${leftOut} of ${spells} spells are left out: others used more than a tenth of the core.`,
    ...(missing.length > 0 ? [`Not on this machine: ${missing.join(', ')}.`] : []),
  ]
  return [
    {
      title: 'CPU time per request',
      text: `Microseconds of the server's process, by the operating system: median, and the range of the rounds. Below it the ratio to bare \`node:http\` in the same rounds. ${notes.join(' ')}`,
      tables: [
        table(({ cells }, name) => spread(cells[name]!.cpuUs)),
        table(({ cells }, name) => spread(cells[name]!.ratio, 2)),
      ],
    },
    {
      title: 'Throughput and latency',
      text: 'Requests a second on one core, and latency in milliseconds: p50 / p99 / p99.9. wrk sends as fast as it is answered, and corrects for what it could not send meanwhile.',
      tables: [
        table(({ cells }, name) => thousands(cells[name]!.perSecond)),
        table(({ cells }, name) =>
          [cells[name]!.p50Us, cells[name]!.p99Us, cells[name]!.p999Us]
            .map((figure) => (figure ? (figure.median / 1_000).toFixed(1) : '–'))
            .join(' / '),
        ),
      ],
    },
    {
      title: 'Peak memory',
      text: 'What each process held at the most in all of these workloads, in MB (VmHWM).',
      tables: [
        {
          head: ['server', 'version', 'MB'],
          rows: rows.map(({ name, version, peakBytes }) => [name, version, megabytes(peakBytes)]),
        },
      ],
    },
  ]
}

function startTable(rows: readonly StartRow[]): Table {
  return {
    head: ['server', 'ms', 'ratio', 'CPU ms', 'MB'],
    rows: rows.map(({ name, elapsedMs, ratio, cpuMs, residentBytes }) => [
      name,
      spread(elapsedMs, 0),
      spread(ratio, 2),
      median(cpuMs, 0),
      megabytes(residentBytes.median),
    ]),
  }
}

function containerSection({ absent, rows }: NonNullable<Results['container']>): Section {
  return {
    title: 'Start in a container',
    text:
      absent ??
      'The image of `apps/links-node/Dockerfile` beside the raw program in the same image: milliseconds to the first answered request, from the start of the process and from the command `docker start`; the memory that is resident then in MB.',
    tables: absent
      ? []
      : [
          {
            head: ['program', 'ms', 'ratio', 'from the command, ms', 'MB'],
            rows: rows.map(({ name, elapsedMs, ratio, commandMs, residentBytes }) => [
              name,
              spread(elapsedMs, 0),
              spread(ratio, 2),
              spread(commandMs, 0),
              megabytes(residentBytes.median),
            ]),
          },
        ],
  }
}

function growthSections({ growths, processes }: GrowthResult): Section[] {
  return [
    {
      title: 'How cost grows',
      text: 'CPU time of a text request in microseconds, by the number of connections, of routes (the last of them is asked for) and of request headers.',
      tables: growths.map(({ of, at, rows }) => ({
        head: [of, ...at.map((amount) => amount.toLocaleString('en-US'))],
        rows: rows.map(({ name, cpuUs }) => [name, ...cpuUs.map((figure) => spread(figure))]),
      })),
    },
    {
      title: 'Two processes',
      text: `Requests a second by \`WEB_CONCURRENCY\`. On two cores the load runs where the second process does: the third column is what the processes answer in the CPU time of whole cores, the load's share left out. Two answer ${median(processes.ratio, 2)} times as much as one.`,
      tables: [
        {
          head: ['processes', 'requests a second', 'load apart', 'least busy'],
          rows: processes.rows.map(
            ({ processes: count, perSecond, perSecondAlone, leastShare }) => [
              String(count),
              thousands(perSecond),
              thousands(perSecondAlone),
              leastShare ? `${(leastShare.median * 100).toFixed(0)} %` : '',
            ],
          ),
        },
      ],
    },
  ]
}

function workerdSection({ version, workloads, rows }: WorkerdResult): Section {
  return {
    title: 'On workerd',
    text: `The same Hono app exported as it is and by \`handle\`, on workerd ${version}: CPU microseconds a request with the ratio to bare Hono, and the milliseconds from exec to the first answer. All are loaded at once on one core, in several launches; bare Hono a second time is what two processes of one program differ by.`,
    tables: [
      {
        head: [
          'app',
          ...workloads.flatMap(({ title }) => [title, 'ratio']),
          'start ms',
          'ratio',
          'MB',
        ],
        rows: rows.map(({ name, cells, start }) => [
          name,
          ...workloads.flatMap((workload) => [
            spread(cells[workload.name]?.cpuUs),
            spread(cells[workload.name]?.ratio, 2),
          ]),
          spread(start.elapsedMs, 0),
          spread(start.ratio, 2),
          megabytes(start.residentBytes.median),
        ]),
      },
    ],
  }
}
