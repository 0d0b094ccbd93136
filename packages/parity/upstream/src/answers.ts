import type { Socket } from 'node:net'
import { brotliCompressSync, deflateSync, gzipSync, zstdCompressSync } from 'node:zlib'
import type { Message } from './message.ts'

/** The two origins of this server. */
export interface Origins {
  readonly same: string
  readonly other: string
}

/** What makes a body of a coding. */
const codings: Readonly<Record<string, (text: string) => Buffer>> = {
  gzip: gzipSync,
  br: brotliCompressSync,
  deflate: deflateSync,
  zstd: zstdCompressSync,
  'gzip, gzip': (text) => gzipSync(gzipSync(text)),
}

type Answer = (message: Message, socket: Socket, origins: Origins, argument: string) => void

const text = 'what the upstream says'

const held: { readonly name: string; readonly socket: Socket }[] = []

/** What the upstream does, by the first segment of the path. The second is the argument. */
export const answers: Readonly<Record<string, Answer>> = {
  /** Tells what it got, with names for its two origins. */
  echo(message, socket, { same, other }) {
    const told = JSON.stringify(message)
      .replaceAll(hostOf(same), 'upstream')
      .replaceAll(hostOf(other), 'other')
    answer(socket, 200, ['Content-Type: application/json'], told)
  },
  /** Answers with the bytes that were posted. */
  answer({ body }, socket) {
    socket.end(body, 'latin1')
  },
  /** `/redirect/307-other`: to what tells what it got, here or at the other origin. */
  redirect(_message, socket, origins, argument) {
    const [status, where] = argument.split('-') as [string, keyof Origins]
    answer(socket, Number(status), [`Location: ${origins[where]}/echo`], '')
  },
  /** To itself, for ever. */
  loop(_message, socket) {
    answer(socket, 302, ['Location: /loop'], '')
  },
  text(_message, socket) {
    answer(socket, 200, ['Content-Type: text/plain'], text)
  },
  status(_message, socket, _origins, argument) {
    const status = Number(argument)
    const hasBody = status !== 204 && status !== 304
    if (hasBody) answer(socket, status, [], text)
    else socket.end(`HTTP/1.1 ${status} None\r\nETag: "a"\r\nConnection: close\r\n\r\n`)
  },
  /** HEAD and GET have the same head. */
  length({ method }, socket) {
    const head = `HTTP/1.1 200 OK\r\nContent-Length: ${text.length}\r\nConnection: close\r\n\r\n`
    socket.end(method === 'HEAD' ? head : head + text)
  },
  /** `/coded/gzip`; what is no coding is sent as it is. */
  coded(_message, socket, _origins, argument) {
    const body = codings[argument]?.(text)
    answer(socket, 200, [`Content-Encoding: ${argument}`, 'ETag: "a"'], body ?? text)
  },
  /** The same in chunks, so without a length. */
  'coded-chunks'(_message, socket, _origins, argument) {
    const body = codings[argument]!(text)
    const fields = `Content-Encoding: ${argument}\r\nTransfer-Encoding: chunked\r\nConnection: close`
    socket.write(`HTTP/1.1 200 OK\r\n${fields}\r\n\r\n${body.length.toString(16)}\r\n`)
    socket.write(body)
    socket.end('\r\n0\r\n\r\n')
  },
  /** Says gzip, and is not. */
  'no-gzip'(_message, socket) {
    answer(socket, 200, ['Content-Encoding: gzip'], text)
  },
  reset(_message, socket) {
    socket.resetAndDestroy()
  },
  close(_message, socket) {
    socket.end()
  },
  /** Ends in the middle of what it has announced. */
  short(_message, socket) {
    socket.end('HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\npart')
  },
  'short-chunks'(_message, socket) {
    socket.end('HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\npart\r\n')
  },
  /** A part of the body; it breaks off when somebody says so. */
  held(_message, socket, _origins, argument) {
    held.push({ name: argument, socket })
    socket.write('HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\npart\r\n')
  },
  'let-go'(_message, socket, _origins, argument) {
    for (const each of held) if (each.name === argument) each.socket.destroy()
    answer(socket, 200, [], '')
  },
  /** Says nothing. */
  silent() {},
  /** A head and a part of the body, and then nothing. */
  stuck(_message, socket) {
    socket.write('HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\npart')
  },
}

function answer(
  socket: Socket,
  status: number,
  fields: readonly string[],
  body: string | Buffer,
): void {
  const all = [...fields, `Content-Length: ${Buffer.byteLength(body)}`, 'Connection: close']
  socket.write(`HTTP/1.1 ${status} Told\r\n${all.join('\r\n')}\r\n\r\n`)
  socket.end(body)
}

function hostOf(origin: string): string {
  return new URL(origin).host
}
