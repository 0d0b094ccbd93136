import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'

/** A certificate for `localhost`, and its key: PEM files made by openssl, and what is in them. */
export interface Pair {
  readonly cert: string
  readonly key: string
}

export interface PairOptions {
  /** @default an hour ago */
  readonly from?: Date
  /** @default in 90 days */
  readonly until?: Date
}

const hourMs = 60 * 60 * 1_000

const configuration = (folder: string) => `
[ca]
default_ca = default
[default]
database = ${folder}/index.txt
new_certs_dir = ${folder}
rand_serial = yes
default_md = sha256
policy = any
x509_extensions = names
unique_subject = no
[any]
commonName = supplied
[names]
subjectAltName = DNS:localhost, IP:127.0.0.1
`

/** A folder for certificates. `remove` it. */
export function certificateFolder(): {
  readonly folder: string
  readonly make: (name: string, options?: PairOptions) => Pair
  readonly remove: () => void
} {
  const folder = mkdtempSync(path.join(tmpdir(), 'mooring-tls-'))
  const config = path.join(folder, 'ca.cnf')
  writeFileSync(config, configuration(folder))
  writeFileSync(path.join(folder, 'index.txt'), '')

  return {
    folder,
    make(name, { from = new Date(Date.now() - hourMs), until } = {}) {
      const file = (extension: string) => path.join(folder, `${name}.${extension}`)
      const [cert, key, csr] = [file('crt'), file('key'), file('csr')]
      const newKey = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes']
      openssl('req', '-new', ...newKey, '-keyout', key, '-out', csr, '-subj', `/CN=${name}`)
      const end = until ?? new Date(Date.now() + 90 * 24 * hourMs)
      const dates = ['-startdate', asn1Time(from), '-enddate', asn1Time(end)]
      const files = ['-keyfile', key, '-in', csr, '-out', cert]
      openssl('ca', '-batch', '-notext', '-selfsign', '-config', config, ...dates, ...files)
      return { cert, key }
    },
    remove: () => rmSync(folder, { recursive: true }),
  }
}

/** GeneralizedTime, in seconds and UTC (RFC 5280 §4.1.2.5.2). */
const asn1Time = (date: Date) => `${date.toISOString().replaceAll(/[-:T]|\..*/g, '')}Z`

function openssl(...args: readonly string[]): void {
  execFileSync('openssl', args, { stdio: ['ignore', 'ignore', 'pipe'] })
}
