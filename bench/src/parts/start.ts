import { connect } from 'node:net'
import path from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { root } from '../build.ts'
import { nodeServer } from '../commands.ts'
import { cpuOf } from '../cpu.ts'
import { type Figure, figureOf, ratioOf, seriesOf } from '../figures.ts'
import { memoryOf } from '../memory.ts'
import type { Settings } from '../part.ts'
import { baselineOf, chosenOf, peers } from '../peers.ts'
import { type Command, launch } from '../server.ts'

/** From exec to the first answered request. */
export interface Started {
  readonly elapsedMs: number
  readonly cpuMs: number
  readonly residentBytes: number
}

export interface StartResult {
  readonly rows: readonly StartRow[]
}

export interface StartRow {
  readonly name: string
  readonly elapsedMs: Figure
  readonly cpuMs: Figure
  readonly residentBytes: Figure
  /** Of the time, to bare `node:http` in the same rounds. */
  readonly ratio: Figure | undefined
}

/** The production bundle of `apps/links`, and what it answers first. */
const linksName = 'links'
const linksFile = path.join(root, 'apps/links-node/dist/main.js')

export function linksCommand(): Command {
  const args = ['--enable-source-maps', linksFile]
  return { name: linksName, file: process.execPath, args, env: { STORE_URL: 'memory:' } }
}

const giveUpMs = 20_000

/** How long each server takes to its first answer, and what it holds in memory then. */
export async function measureStart(settings: Settings): Promise<StartResult> {
  const { only, say } = settings
  const rounds = settings.rounds * 2
  const servers = chosenOf(peers, only)
  const candidates = [
    ...servers.map(({ name }) => ({ command: nodeServer(name), at: '/text' })),
    { command: linksCommand(), at: '/api/links' },
  ]
  const samples: Started[][] = candidates.map(() => [])
  for (const { command, at } of candidates) await startOnce(command, at)
  for (let round = 1; round <= rounds; round++) {
    say(`start, round ${round} of ${rounds}`)
    for (const [index, { command, at }] of candidates.entries()) {
      samples[index]!.push(await startOnce(command, at))
    }
  }
  const names = candidates.map(({ command }) => command.name)
  const raw = baselineOf(names, samples)
  return { rows: names.map((name, index) => rowOf(name, samples[index]!, raw)) }
}

export function rowOf(name: string, own: readonly Started[], raw: readonly Started[]): StartRow {
  return {
    name,
    elapsedMs: figureOf(seriesOf(own, 'elapsedMs'))!,
    cpuMs: figureOf(seriesOf(own, 'cpuMs'))!,
    residentBytes: figureOf(seriesOf(own, 'residentBytes'))!,
    ratio: ratioOf(seriesOf(own, 'elapsedMs'), seriesOf(raw, 'elapsedMs')),
  }
}

export async function startOnce(command: Command, at: string): Promise<Started> {
  const began = performance.now()
  const server = await launch(command)
  try {
    await firstAnswer(server.port, at, () => server.child.exitCode !== null)
    const elapsedMs = performance.now() - began
    return {
      elapsedMs,
      cpuMs: cpuOf(server.pid),
      residentBytes: memoryOf(server.pid).residentBytes,
    }
  } finally {
    await server.stop()
  }
}

/** Resolves at the first byte of an answer; asks again every millisecond until somebody listens. */
export async function firstAnswer(port: number, at: string, isGone: () => boolean): Promise<void> {
  const giveUpAtMs = performance.now() + giveUpMs
  while (!(await ask(port, at))) {
    if (isGone()) throw new Error(`what is to listen on ${port} has ended`)
    if (performance.now() > giveUpAtMs) throw new Error(`nothing answers on ${port}`)
    await delay(1)
  }
}

function ask(port: number, at: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1', () => {
      socket.write(`GET ${at} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n`)
    })
    socket.once('data', (chunk) => {
      resolve(chunk.toString('latin1').startsWith('HTTP/1.1 200'))
      socket.destroy()
    })
    socket.once('error', () => resolve(false))
    socket.once('close', () => resolve(false))
  })
}
