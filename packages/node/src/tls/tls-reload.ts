import { stat } from 'node:fs/promises'
import { type Logger, MooringError } from '@mooring/core'
import { type Certificate, expiresSoon, readCertificate } from './tls-certificate.ts'
import type { TlsFiles } from './tls.ts'

const everyMs = 1_000
const tellExpiryEveryMs = 24 * 60 * 60 * 1_000

/**
 * Looks once a second whether the files are others than before, and hands a new certificate on.
 * Looking, and not watching the folder, sees every way to replace a file: written in place, renamed
 * over, or behind a link that is turned elsewhere, as Kubernetes does.
 *
 * A pair that cannot be served, such as one of which only one file is written yet, is looked at
 * again; when it is still so a second later, the log says why, and the old one goes on.
 *
 * @param current what is being served
 */
export function followCertificate(
  files: TlsFiles,
  current: Certificate,
  serve: (certificate: Certificate) => void,
  log: Logger,
): void {
  let served = current
  let seen = ''
  let problem: string | undefined
  let isProblemTold = false
  let tellExpiryAtMs = 0

  function tellExpiry(): void {
    tellExpiryAtMs = Date.now() + tellExpiryEveryMs
    if (!expiresSoon(served)) return
    const isOver = served.validToMs <= Date.now()
    log.warn(`the certificate ${isOver ? 'has expired' : 'expires soon'}`, { ...served.facts })
  }

  function reload(): void {
    try {
      const read = readCertificate(files)
      problem = undefined
      const { cert, key } = served.context
      if (read.context.cert === cert && read.context.key === key) return
      served = read
      serve(read)
      log.info('the certificate was replaced', { ...read.facts })
      tellExpiry()
    } catch (error) {
      if (!(error instanceof MooringError)) throw error
      isProblemTold = isProblemTold && problem === error.message
      if (problem === error.message && !isProblemTold) {
        isProblemTold = true
        log.warn('the new certificate cannot be served, the old one goes on', { error })
      }
      problem = error.message
    }
  }

  async function look(): Promise<void> {
    const found = await fingerprint(files)
    const isUnsure = problem !== undefined && !isProblemTold
    // What was read at the start may have been replaced since: the first look reads again.
    if (found !== seen || isUnsure) reload()
    seen = found
    if (Date.now() >= tellExpiryAtMs) tellExpiry()
  }

  let isLooking = false
  setInterval(() => {
    if (isLooking) return
    isLooking = true
    void look().finally(() => (isLooking = false))
  }, everyMs).unref()
  tellExpiry()
}

/** Differs when a file does. Links are followed; a file that is not there counts too. */
async function fingerprint({ cert, key }: TlsFiles): Promise<string> {
  const parts = await Promise.all(
    [cert, key].map(async (file) => {
      const found = await stat(file, { bigint: true }).catch(() => undefined)
      return found && [found.dev, found.ino, found.size, found.mtimeNs, found.ctimeNs].join(':')
    }),
  )
  return parts.join(' ')
}
