import { mkdtemp, rm } from 'node:fs/promises'
import { request } from 'node:http'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { createCertificate, freePort } from '../kv-redis-server.ts'
import type { Environment } from '../process.ts'
import type { Target } from './load/client.ts'
import { startLoad } from './load/index.ts'
import type { Random } from './random.ts'
import type { RouterKind } from './routers/router.ts'
import { type Counts, createTally, type Loss } from './tally.ts'
import { until, wait } from './wait.ts'
import type { Way } from './ways/way.ts'

/** So many restarts of one way behind one router, under load. */
export interface Scenario {
  readonly router: RouterKind
  readonly way: Way
  readonly restarts: number
  /** What sets it apart from the others of its router and way. */
  readonly note?: string
  /** @default 'zero-loss.ts' */
  readonly program?: string
  readonly env?: Environment
  /** @default 250, where the router checks at all */
  readonly checkEveryMs?: number
  /** Whether the router keeps its connections to the servers. @default unless they have one address */
  readonly keepsConnections?: boolean
  /** Block the event loop for so long right before the signal. @default 0 */
  readonly blockMs?: number
  /** HTTP/2 over TLS between router and server. @default false */
  readonly isHttp2?: boolean
}

/** What was seen at a signal. */
interface Signal {
  readonly atMs: number
  /** When its process was seen to be gone, where the way waits for that. @default atMs */
  goneAtMs?: number
  /** Who got it. */
  readonly processId: number
  /** Requests under way, as their clients see it. */
  readonly inFlight: number
}

export interface Result {
  readonly scenario: Scenario
  readonly counts: ReadonlyMap<string, Counts>
  readonly losses: readonly Loss[]
  readonly signals: readonly Signal[]
}

/** Answers of each kind for each restart: less is no load. */
export const leastRight = 6

/** Between two restarts, at the most. */
const mostPauseMs = 800

export async function runScenario(scenario: Scenario, random: Random): Promise<Result> {
  const { router: kind, way, program = 'zero-loss.ts', env = {} } = scenario
  const folder = await mkdtemp(path.join(tmpdir(), 'zero-loss-'))
  const cleanUp: (() => Promise<unknown>)[] = [() => rm(folder, { recursive: true })]
  try {
    const certificate = {
      key: path.join(folder, 'key.pem'),
      certificate: path.join(folder, 'certificate.pem'),
    }
    await createCertificate(certificate.key, certificate.certificate)
    const tls = { TLS_CERT: certificate.certificate, TLS_KEY: certificate.key }
    const servers = await way.start({
      program,
      env: { ...env, ...(scenario.isHttp2 && tls) },
    })
    cleanUp.push(servers.stop)
    const target = { host: '127.0.0.1', port: await freePort(), tlsPort: await freePort() }
    const router = await kind.start({
      servers: servers.ports,
      target,
      checkEveryMs: way.isOneAddress ? undefined : (scenario.checkEveryMs ?? 250),
      keepsConnections: scenario.keepsConnections ?? !way.isOneAddress,
      isHttp2: scenario.isHttp2 ?? false,
      folder,
      certificate,
    })
    cleanUp.push(router.stop)

    const tally = createTally()
    const signals: Signal[] = []
    const signalling = (processId: number) =>
      void signals.push({ atMs: performance.now(), processId, inFlight: tally.inFlight() })
    const load = await startLoad(target, tally)
    cleanUp.push(load.stop)
    for (let done = 0; done < scenario.restarts; done += 1) {
      await wait(random.below(mostPauseMs))
      await servers.restart({
        signalling,
        gone: () => void (signals.at(-1)!.goneAtMs = performance.now()),
        who: () => whoAnswers(target),
        blockMs: scenario.blockMs ?? 0,
      })
    }
    await wait(mostPauseMs)
    const least = leastRight * scenario.restarts
    await until('every kind has been answered often', () =>
      [...tally.counts.values()].every(({ right }) => right >= least),
    )
    await load.stop()
    return { scenario, counts: tally.counts, losses: tally.losses, signals }
  } finally {
    for (const step of cleanUp.toReversed()) await step()
  }
}

/** See {@link Restart.who}. */
function whoAnswers({ host, port }: Target): Promise<string> {
  return new Promise((resolve) => {
    const sent = request({ host, port, path: '/who', agent: false }, (response) => {
      let text = ''
      response.setEncoding('utf8').on('data', (chunk: string) => void (text += chunk))
      response.on('close', () => resolve(text))
    })
    sent.on('error', () => resolve('')).end()
  })
}
