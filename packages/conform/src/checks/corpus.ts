import { readFileSync } from 'node:fs'
import { type Answer, say } from '../answer.ts'
import { fail, type Outcome, pass } from '../outcome.ts'
import { Connection } from '../connection.ts'
import type { Running } from '../running.ts'
import type { Subject } from '../subject.ts'
import type { Target } from '../target.ts'

/** One request of the corpus, as bytes, with what the standard allows to come of it. */
export interface Case {
  readonly name: string
  /** Parts of the request; one character is one byte. `{path}` and `{echo}` stand for paths. */
  readonly send: readonly (string | { readonly repeat: string; readonly times: number })[]
  /**
   * A status; `ok` for an accepted request; `ok!` for one that is accepted and whose connection is
   * then closed; `head` for an accepted HEAD; `close` for an end without a response; `silent` for
   * waiting on; `h2` for an answer in HTTP/2.
   */
  readonly allow: readonly string[]
  /** Whether a rejection has to close the connection, since what follows cannot be told apart. */
  readonly close?: boolean
  /** How many responses an accepted request may have. @default 1 */
  readonly responses?: number
  readonly source: string
}

/** The cases of one file of the corpus. */
export function readGroup(name: string): readonly Case[] {
  const file = new URL(`../../corpus/${name}.json`, import.meta.url)
  return (JSON.parse(readFileSync(file, 'utf8')) as { cases: Case[] }).cases
}

/** What a server says of a request that it does not take for one. */
const rejections = new Set([400, 408, 411, 413, 414, 417, 421, 426, 431, 501, 505])

/** How long a response, and the end of a rejected connection, may take. */
const patienceMs = 3_000
const settleMs = 200

/** Holds the command against one group of the corpus. */
export async function judgeGroup(subject: Subject, name: string): Promise<Outcome> {
  const running = await subject.start()
  const cases = readGroup(name)
  const failures: string[] = []
  const left = [...cases]
  const worker = async () => {
    for (let next = left.shift(); next !== undefined; next = left.shift()) {
      const got = await judgeCase(running, subject.target, next)
      if (got !== undefined) failures.push(`${next.name}: ${got} (${next.source})`)
    }
  }
  await Promise.all([worker(), worker(), worker(), worker()])
  if (!(await running.works())) failures.push(`afterwards: ${await running.describe()}`)
  if (failures.length === 0) return pass
  const sent = `the ${cases.length} requests of corpus/${name}.json`
  return fail(sent, 'for each, what the standard allows', failures.join('\n'))
}

/** What was wrong, or `undefined`. */
async function judgeCase(running: Running, target: Target, one: Case): Promise<string | undefined> {
  const connection = await Connection.open(running.port)
  if (connection === undefined) return 'connection refused'
  try {
    connection.send(bytesOf(one, target))
    const first = await connection.response(patienceMs, one.allow.includes('head'))
    const { allow } = one
    if (first.status === 0) return judgeSilence(connection, first, one)
    if (allow.includes(String(first.status)) && rejections.has(first.status)) {
      const mustClose = one.close === true
      if (!mustClose || (await connection.closes(patienceMs))) return undefined
      return `${say(first)}, and the connection stays open`
    }
    if (allow.includes(String(first.status))) return undefined
    // An answer that was begun and then visibly broken off is no more than an end.
    if (!first.complete && first.ending !== 'open' && allow.includes('close')) return undefined
    const isAccepted = first.status < 500 && !rejections.has(first.status)
    if (!isAccepted || !allow.some((token) => /^(ok!?|head)$/.test(token))) {
      return `${say(first)} instead of ${allow.join(' or ')}`
    }
    return await judgeAccepted(connection, first, one)
  } finally {
    connection.close()
  }
}

function judgeSilence(connection: Connection, first: Answer, one: Case): string | undefined {
  if (first.ending !== 'open') {
    // An answer in another protocol, or in none, is as good as its connection's end.
    return one.allow.includes('close')
      ? undefined
      : `${say(first)} instead of ${one.allow.join(' or ')}`
  }
  const isFrame = connection.pending.length >= 9 && connection.pending[3] === 4
  if (one.allow.includes('h2') && isFrame) return undefined
  return one.allow.includes('silent') ? undefined : 'no response, and the connection stays open'
}

/** No request may be found in what belongs to the first one. */
async function judgeAccepted(
  connection: Connection,
  first: Answer,
  { allow, responses = 1 }: Case,
): Promise<string | undefined> {
  const statuses = [first.status]
  for (let next = await connection.response(settleMs); next.status !== 0;) {
    // An early answer, and then a rejection of the body that was not read yet: nothing was smuggled.
    if (responses > 1 || !rejections.has(next.status)) statuses.push(next.status)
    next = await connection.response(settleMs)
  }
  if (statuses.length < responses) {
    const next = await connection.response(patienceMs)
    if (next.status !== 0) statuses.push(next.status)
  }
  if (statuses.length !== responses) {
    return `${statuses.length} responses (${statuses.join(', ')}) instead of ${responses}`
  }
  if (allow.includes('ok') || allow.includes('head')) return undefined
  if (await connection.closes(patienceMs)) return undefined
  return `${first.status}, and the connection stays open`
}

function bytesOf({ send }: Case, { path, paths }: Target): string {
  return send
    .map((part) => (typeof part === 'string' ? part : part.repeat.repeat(part.times)))
    .join('')
    .replaceAll('{path}', path)
    .replaceAll('{echo}', paths.echo ?? path)
}
