import { readdirSync } from 'node:fs'
import path from 'node:path'
import { gzipSync } from 'node:zlib'
import { build } from 'esbuild'
import { root } from './tools.ts'

const folder = 'packages/cloudflare/test/fixtures/size'

const requestId = 'core/src/request-id.ts'
const openUrl = 'core/src/resources/open-url.ts'
const objectLines = 'core/src/object-lines.ts'
const topicFollowers = 'core/src/topics/topic-followers.ts'

const webSockets = [
  'core/src/lazy-class.ts',
  ...filesOf('core/src/websocket', [
    'close',
    'declared',
    'events',
    'handshake',
    'message-event',
    'session',
    'upgrade',
  ]),
]

/**
 * What each thing that an app may use brings into the bundle of a Worker beside `defineApp`, and no
 * other does. Each has a Worker in `features` that uses it alone.
 */
const brings: Readonly<Record<string, readonly string[]>> = {
  background: ['core/src/background.ts'],
  clientAddress: ['core/src/client-address.ts'],
  drainSignal: ['core/src/drain-signal.ts'],
  kv: [openUrl, ...filesOf('core/src/resources', ['kv-errors', 'kv-limits', 'kv-namespace', 'kv'])],
  logger: [requestId, 'core/src/logger.ts'],
  queue: [
    openUrl,
    'core/src/resources/queue.ts',
    ...filesOf('core/src/queues', ['queue-binding', 'queue-limits', 'queue-sender', 'receive']),
  ],
  requestId: [requestId],
  requestLimits: ['core/src/refusal.ts', 'core/src/request-limits.ts'],
  schedules: [],
  service: [requestId, ...filesOf('core/src/resources', ['service', 'service-redirects'])],
  stateful: [
    ...webSockets,
    ...filesOf('core/src/websocket', ['feed', 'socket-object', 'state', 'stateful']),
    objectLines,
    topicFollowers,
    'cloudflare/src/web-socket-object.ts',
  ],
  static: [],
  topic: [
    openUrl,
    objectLines,
    topicFollowers,
    'core/src/resources/topic.ts',
    ...filesOf('core/src/topics', ['topic-feed', 'topic-limits', 'topic-object']),
    ...filesOf('cloudflare/src', ['topic-followers', 'topic-object']),
  ],
  upgradeWebSocket: webSockets,
}

function filesOf(parent: string, names: readonly string[]): string[] {
  return names.map((name) => `${parent}/${name}.ts`)
}

interface Bundle {
  readonly name: string
  readonly gzipBytes: number
  /** The files of ours that code is left of. */
  readonly files: readonly string[]
}

/** Bundled as Wrangler does it, by the tool that it does it with, all at once. */
async function bundleAll(names: readonly string[]): Promise<readonly Bundle[]> {
  const { metafile, outputFiles } = await build({
    entryPoints: names.map((name) => path.join(root, folder, `${name}.ts`)),
    absWorkingDir: root,
    outdir: 'dist',
    bundle: true,
    format: 'esm',
    minify: true,
    target: 'es2024',
    conditions: ['workerd', 'worker', 'browser'],
    metafile: true,
    write: false,
  })
  return Object.values(metafile.outputs).map(({ entryPoint = '', inputs }, index) => ({
    name: path.basename(entryPoint, '.ts'),
    gzipBytes: gzipSync(outputFiles[index]!.contents).length,
    files: Object.entries(inputs)
      .filter(([file, { bytesInOutput }]) => bytesInOutput > 0 && !file.startsWith(folder))
      .flatMap(([file]) => (file.startsWith('packages/') ? [file.slice('packages/'.length)] : [])),
  }))
}

/**
 * Prints what each feature adds to a bundle.
 *
 * @returns what is in a bundle that does not use it, and what is not where it is used
 */
export async function checkFeatures(): Promise<readonly string[]> {
  const features = readdirSync(path.join(root, folder, 'features')).map((file) => file.slice(0, -3))
  const [base, ...bundles] = await bundleAll([
    'define-app',
    ...features.map((name) => `features/${name}`),
  ])
  const faults = Object.keys(brings)
    .filter((name) => !features.includes(name))
    .map((name) => `${name} has no Worker in ${folder}/features`)
  for (const { name, gzipBytes, files } of bundles) {
    const added = files.filter((file) => !base!.files.includes(file))
    const expected = brings[name] ?? []
    process.stdout.write(`${name.padEnd(16)} adds ${gzipBytes - base!.gzipBytes} B gzip\n`)
    for (const file of added.filter((one) => !expected.includes(one))) {
      faults.push(`${file} is in the bundle of an app that uses ${name} alone`)
    }
    for (const file of expected.filter((one) => !added.includes(one))) {
      faults.push(`${file} is not what ${name} brings: nothing of it does, or every app has it`)
    }
  }
  return faults
}
