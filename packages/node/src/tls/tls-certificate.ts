import { createPrivateKey, type KeyObject, X509Certificate } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { createSecureContext, type SecureContextOptions } from 'node:tls'
import { MooringError } from '@mooring/core'
import type { TlsFiles } from './tls.ts'

/** A certificate that can be served, with its key. */
export interface Certificate {
  readonly context: SecureContextOptions
  /** Who it is for and until when, for a log line. */
  readonly facts: { readonly subject: string; readonly names: string; readonly expires: string }
  readonly validFromMs: number
  readonly validToMs: number
}

const pemCertificate = /-----BEGIN CERTIFICATE-----[^]*?-----END CERTIFICATE-----/g

/**
 * Reads a certificate, with the chain that follows it in its file, and its key. What every client
 * would refuse is refused here: a key of another certificate, one that is past its end.
 *
 * @throws MOORING_E_TLS naming the file
 */
export function readCertificate(files: TlsFiles, nowMs: number = Date.now()): Certificate {
  const cert = readPem('TLS_CERT', files.cert)
  const key = readPem('TLS_KEY', files.key)
  const chain = (cert.match(pemCertificate) ?? []).map((pem) => parseCertificate(pem, files.cert))
  const [leaf] = chain
  if (!leaf) throw unusable('TLS_CERT', files.cert, 'holds no PEM certificate')
  checkKey(chain, parseKey(key, files.key), files)
  const validFromMs = leaf.validFromDate.getTime()
  const validToMs = leaf.validToDate.getTime()
  const expires = leaf.validToDate.toISOString()
  if (validToMs <= nowMs) throw unusable('TLS_CERT', files.cert, `expired at ${expires}`)
  if (validFromMs > nowMs) {
    const begins = leaf.validFromDate.toISOString()
    throw unusable('TLS_CERT', files.cert, `is not valid before ${begins}`)
  }
  // RFC 9325 §3.1.1: nothing below 1.2.
  const context = { cert, key, minVersion: 'TLSv1.2' } as const
  try {
    createSecureContext(context)
  } catch (error) {
    const reason = (error as Error).message
    throw unusable('TLS_CERT', files.cert, `is refused by OpenSSL: ${reason}`, error)
  }
  const subject = leaf.subject.replaceAll('\n', ', ')
  const facts = { subject, names: leaf.subjectAltName ?? '', expires }
  return { context, facts, validFromMs, validToMs }
}

const soonMs = 14 * 24 * 60 * 60 * 1_000

/**
 * Whether it should have been renewed: less than 14 days are left, of a shorter life less than a
 * third (when ACME clients renew).
 */
export function expiresSoon(certificate: Certificate, nowMs: number = Date.now()): boolean {
  const { validFromMs, validToMs } = certificate
  return validToMs - nowMs < Math.min(soonMs, (validToMs - validFromMs) / 3)
}

function readPem(name: 'TLS_CERT' | 'TLS_KEY', file: string): string {
  try {
    return readFileSync(file, 'utf8')
  } catch (error) {
    throw unusable(name, file, `cannot be read: ${(error as Error).message}`, error)
  }
}

function parseCertificate(pem: string, file: string): X509Certificate {
  try {
    return new X509Certificate(pem)
  } catch (error) {
    throw unusable('TLS_CERT', file, 'holds a PEM block that is no certificate', error)
  }
}

function parseKey(pem: string, file: string): KeyObject {
  try {
    return createPrivateKey(pem)
  } catch (error) {
    const isEncrypted = (error as NodeJS.ErrnoException).code === 'ERR_MISSING_PASSPHRASE'
    const problem = isEncrypted ? 'is encrypted' : 'holds no PEM private key'
    throw unusable('TLS_KEY', file, problem, error)
  }
}

function checkKey(chain: readonly X509Certificate[], key: KeyObject, files: TlsFiles): void {
  if (chain[0]!.checkPrivateKey(key)) return
  const isLater = chain.some((certificate) => certificate.checkPrivateKey(key))
  const problem = isLater
    ? `does not begin with the certificate of the key in ${JSON.stringify(files.key)}`
    : `is not the certificate of the key in ${JSON.stringify(files.key)}`
  throw unusable('TLS_CERT', files.cert, problem)
}

const expectations = {
  TLS_CERT: 'a PEM file with a certificate that is valid now, then its chain',
  TLS_KEY: 'a PEM file with the private key of the certificate, not encrypted',
} as const

function unusable(
  name: 'TLS_CERT' | 'TLS_KEY',
  file: string,
  problem: string,
  cause?: unknown,
): MooringError {
  return new MooringError('MOORING_E_TLS', {
    message: `${name} is ${JSON.stringify(file)}, which ${problem}.`,
    why: `Expected ${expectations[name]}.`,
    fix: `correct the file or ${name}, or unset TLS_CERT and TLS_KEY to serve without TLS.`,
    cause,
  })
}
