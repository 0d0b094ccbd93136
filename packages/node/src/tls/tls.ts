import { MooringError } from '@mooring/core'

/** The PEM files of a certificate and its private key. */
export interface TlsFiles {
  readonly cert: string
  readonly key: string
}

/**
 * `TLS_CERT` and `TLS_KEY`: PEM files. With both, `$PORT` speaks HTTPS, HTTP/1.1 and HTTP/2; without
 * them it speaks HTTP/1.1 in the clear, and nothing of TLS is loaded.
 *
 * @throws MOORING_E_TLS where only one of them is set
 */
export function readTlsFiles(env: NodeJS.ProcessEnv): TlsFiles | undefined {
  const { TLS_CERT, TLS_KEY } = env
  if (TLS_CERT === undefined && TLS_KEY === undefined) return undefined
  if (TLS_CERT && TLS_KEY) return { cert: TLS_CERT, key: TLS_KEY }
  const [without, other] = TLS_CERT ? ['TLS_KEY', 'TLS_CERT'] : ['TLS_CERT', 'TLS_KEY']
  throw new MooringError('MOORING_E_TLS', {
    message: `${without} is ${env[without] === undefined ? 'not set' : 'empty'}.`,
    why: 'Expected the PEM files of a certificate and of its private key: both, or neither.',
    fix: `set ${without} too, or unset ${other} to serve without TLS.`,
  })
}
