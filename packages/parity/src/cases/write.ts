import type { RequestStep } from './case.ts'
import { contentOf } from '../observation.ts'
import { valuesOf, type WireResponse } from '../wire/response.ts'

/**
 * Fields that are about a connection or a moment, and those in which runtimes declare to differ. What a
 * case does not state is compared all the same, and a declared difference may explain it.
 */
const leftOut = new Set([
  'accept-ranges',
  'allow',
  'cf-cache-status',
  'connection',
  'content-length',
  'date',
  'etag',
  'keep-alive',
  'transfer-encoding',
])

/** The longest body that a person may want to read; of a longer one only the head is stated. */
const limitBytes = 10_000

/** A line that means something in a file of cases. */
const meaningful = /^(?:### |#$|# |---$|\| |@|HTTP\/|\[D-)/m

/**
 * A request and its response, as a person would write them down, so that the same bytes are read.
 *
 * @returns nothing for an answer that was cut off, but for an event stream: so many events can be
 *   asked for again
 */
export function writeCase(name: string, sent: Buffer, response: WireResponse): string | undefined {
  const { status, reason, fields, body, complete } = response
  const events = body.toString('latin1').split('\n\n').length - 1
  if (!complete && !(isEventStream(response) && events > 0)) return undefined
  const head = fields
    .filter((field) => !leftOut.has(field.name.toLowerCase()))
    .map((field) => `${field.name}: ${Buffer.from(field.value, 'latin1').toString('utf8')}`)
  const directive = complete ? '' : `@events ${events}\n`
  const answer = complete ? `\n\n${writeAnswerBody(contentOf(response))}` : ''
  const lines = [`HTTP/1.1 ${status} ${reason}`, ...head].join('\n')
  return `### ${name}\n${directive}${writeRequest(sent)}\n\n${lines}${answer}\n\n`
}

/** Requests as a person would write them down, so that the same bytes are sent. */
export function writeSteps(name: string, steps: readonly RequestStep[]): string {
  const written = steps.map(({ bytes, newConnection, isPipelined }, index) => {
    const connection = newConnection && index > 0 ? '@new\n' : isPipelined ? '@pipelined\n' : ''
    return `${connection}${writeRequest(bytes)}\n`
  })
  return `### ${name}\n${written.join('---\n')}`
}

export function isEventStream({ fields }: WireResponse): boolean {
  return valuesOf(fields, 'content-type').some((type) => type.startsWith('text/event-stream'))
}

function writeRequest(sent: Buffer): string {
  const end = sent.indexOf('\r\n\r\n')
  const bytes = sent.subarray(0, end)
  const head = bytes.toString('utf8').replaceAll('\r\n', '\n')
  const isPlain = Buffer.from(head.replaceAll('\n', '\r\n')).equals(bytes)
  if (end < 0 || !isPlain || isMeaningful(head)) return `@raw ${braced(sent)}`
  const body = sent.subarray(end + 4)
  const short = head.replace(longRuns, (run) => `{{repeat ${run.length} ${run[0]}}}`)
  return body.length === 0 ? short : `${short}\n\n${writeBody(body)}`
}

function writeAnswerBody(body: Buffer): string {
  if (body.length === 0) return '(empty)'
  return body.length > limitBytes ? '' : writeBody(body)
}

/** A body, so that `bytesOf` reads its bytes: as it is where that can be, else within braces. */
function writeBody(body: Buffer): string {
  const text = body.toString('utf8')
  if (longRun.test(text)) return braced(body)
  if (!Buffer.from(text).equals(body)) return `{{hex ${body.toString('hex')}}}`
  // The empty lines at its end are taken for those between two cases.
  const [, lines = '', end = ''] = /^(.*?)(\n*)$/s.exec(text) ?? []
  const isSpecial = /^(?:\n|\(empty\)$|\/.+\/$)/s.test(lines)
  if (isSpecial || isMeaningful(lines)) return braced(body)
  return end === '' ? lines : lines + braced(Buffer.from(end))
}

function isMeaningful(text: string): boolean {
  return meaningful.test(text) || /[\r\0]|\{\{/.test(text)
}

/** One character many times: it is written as `{{repeat 5 a}}`. */
const longRun = /([\w.])\1{63,}/
const longRuns = new RegExp(longRun, 'g')

/** `{{text "…"}}`, of ASCII alone, and without what would end it. */
function braced(bytes: Buffer): string {
  const text = bytes.toString('latin1')
  const run = longRun.exec(text)
  if (!run) return text === '' ? '' : `{{text ${escaped(text)}}}`
  const end = run.index + run[0].length
  const before = braced(bytes.subarray(0, run.index))
  return `${before}{{repeat ${run[0].length} ${run[1]}}}${braced(bytes.subarray(end))}`
}

function escaped(text: string): string {
  return JSON.stringify(text).replace(
    /[}\u007f-\u00ff]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  )
}
